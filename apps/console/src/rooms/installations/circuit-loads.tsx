import { Progress } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { CircuitLoad, Circuits, ConnectorLoad } from '#apps/backoffice/api-types.js';

import { circuitsQuery } from '../../api/queries.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useNowMs } from '../../parts/now.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { amperes, circuitTree, connectorText, problemTexts, reasonText, shareOf } from '../../wording/circuit-load.js';
import { CircuitSharing } from './circuit-sharing.js';

import classes from './circuit-loads.module.css';

const PHASES = [0, 1, 2] as const;

interface CircuitLoadsProps {
  readonly installationId: string;
  readonly timeZone: string;
}

/** The tree of circuits: what each bears on each phase, what is allocated, what flows, and what each car was given. */
export function CircuitLoads({ installationId, timeZone }: CircuitLoadsProps) {
  const { t } = useWords();
  const circuits = useQuery(circuitsQuery(installationId));
  const { data } = circuits;
  if (data?.circuits.length === 0) return null;
  return (
    <div className={classes.section}>
      <Section
        title={t('circuits.load')}
        help={t(data?.isShared === false ? 'circuits.load.unshared' : 'circuits.load.help')}
        aside={data !== undefined && <CircuitSharing installationId={installationId} isShared={data.isShared} />}
      >
        {circuits.isPending && <RowsLoading rows={3} />}
        {circuits.isError && data === undefined && (
          <ErrorNotice error={circuits.error} retry={() => void circuits.refetch()} />
        )}
        {data !== undefined && <Tree circuits={data} timeZone={timeZone} />}
      </Section>
    </div>
  );
}

function Tree({ circuits, timeZone }: { readonly circuits: Circuits; readonly timeZone: string }) {
  return (
    <ul className={classes.tree}>
      {circuitTree(circuits.circuits).map(({ circuit, depth }) => (
        <li
          key={circuit.circuitId}
          className={classes.node}
          data-testid="circuit-load"
          style={{ marginInlineStart: `${Math.min(depth, 4) * 16}px` }}
        >
          <Head circuit={circuit} timeZone={timeZone} />
          <Problems circuit={circuit} />
          {!isAtRest(circuit) && PHASES.map((phase) => <PhaseBar key={phase} circuit={circuit} phase={phase} />)}
          <Connectors
            circuits={circuits.circuits}
            connectors={circuits.connectors.filter(({ circuitId }) => circuitId === circuit.circuitId)}
          />
        </li>
      ))}
    </ul>
  );
}

/** Nothing flows and nothing is allocated: a line says it, for car parks have dozens of circuits. */
const isAtRest = ({ flowDeciA, allocatedDeciA }: CircuitLoad): boolean =>
  [...flowDeciA, ...(allocatedDeciA ?? [])].every((deciA) => deciA === 0);

function Head({ circuit, timeZone }: { readonly circuit: CircuitLoad; readonly timeZone: string }) {
  const { t, time } = useWords();
  const now = useNowMs();
  const { name, maxCurrentA, mainMeter, reserveA, readingMaxAgeS } = circuit;
  const isFresh = mainMeter !== null && now - Date.parse(mainMeter.at) <= readingMaxAgeS * 1_000;
  const facts = [t('circuits.breaker', { amps: maxCurrentA })];
  if (isAtRest(circuit)) facts.unshift(t('circuits.at-rest'));
  if (reserveA !== null && isFresh) facts.push(t('circuits.meter', { time: time(mainMeter.at, timeZone) }));
  if (reserveA !== null && !isFresh) facts.push(t('circuits.meter.old', { amps: reserveA }));
  return (
    <div className={classes.head}>
      <h3>{name}</h3>
      <span>{facts.join(' · ')}</span>
    </div>
  );
}

/** What it cannot keep, and what comes of it. */
function Problems({ circuit }: { readonly circuit: CircuitLoad }) {
  const words = useWords();
  return problemTexts(words, circuit.problems).map((text) => (
    <p key={text} className={classes.problem}>
      {text}
    </p>
  ));
}

function PhaseBar({ circuit, phase }: { readonly circuit: CircuitLoad; readonly phase: 0 | 1 | 2 }) {
  const { t, language } = useWords();
  const limitDeciA = circuit.limitDeciA[phase];
  const flowDeciA = circuit.flowDeciA[phase];
  const allocatedDeciA = circuit.allocatedDeciA?.[phase] ?? null;
  const flowShare = shareOf(flowDeciA, limitDeciA);
  const flow = amperes(flowDeciA, language);
  const limit = amperes(limitDeciA, language);
  const named = { name: circuit.name, phase: phase + 1, flow, limit };
  const label =
    allocatedDeciA === null
      ? t('circuits.bar.unshared', named)
      : t('circuits.bar', { ...named, allocated: amperes(allocatedDeciA, language) });
  return (
    <div className={classes.phase}>
      <span aria-hidden>{t('circuits.phase', { phase: phase + 1 })}</span>
      <Progress.Root size={8} title={label}>
        <Progress.Section
          value={flowShare}
          color={flowDeciA > limitDeciA ? 'red.8' : 'teal.7'}
          aria-label={label}
          aria-valuetext={label}
        />
        <Progress.Section
          value={Math.max(0, shareOf(allocatedDeciA ?? 0, limitDeciA) - flowShare)}
          color="teal.3"
          aria-hidden
        />
      </Progress.Root>
      <span className={classes.figure} aria-hidden>
        {t('circuits.of-limit', { flow, limit })}
      </span>
    </div>
  );
}

interface ConnectorsProps {
  readonly circuits: readonly CircuitLoad[];
  readonly connectors: readonly ConnectorLoad[];
}

/** Every car that was given something, or waits for it, and why. */
function Connectors({ circuits, connectors }: ConnectorsProps) {
  const words = useWords();
  const { t } = words;
  const given = connectors.flatMap((one) => (one.limit === null ? [] : [{ one, reason: one.limit.reason }]));
  if (given.length === 0) return null;
  return (
    <ul className={classes.connectors}>
      {given.map(({ one, reason }) => (
        <li key={`${one.chargerId}/${one.connectorId}`} data-paused={one.limit?.isPaused}>
          <b>{t('circuits.connector', { spot: one.spotName })}</b> {connectorText(words, one)}
          <small>{reasonText(words, reason, circuits)}</small>
        </li>
      ))}
    </ul>
  );
}
