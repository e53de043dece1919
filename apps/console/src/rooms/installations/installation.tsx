import { Button, Card, Tabs } from '@mantine/core';
import { IconBolt, IconCreditCard, IconPlugConnected } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams, useSearchParams } from 'react-router';

import type { Circuit, InstallationDetail, Spot } from '#apps/backoffice/api-types.js';

import { installationQuery, odditiesQuery, spotsQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { roomsOf } from '../../app/rooms.js';
import { useSession } from '../../app/session.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { Figure, Figures } from '../../parts/figure.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { useWords } from '../../texts/language.js';
import { circuitTabs, NO_CIRCUIT, spotTone, totalPowerW } from '../../wording/circuits.js';
import { CircuitLoads } from './circuit-loads.js';
import { NewChargers } from './new-chargers.js';
import { Oddities } from './oddities.js';
import { SpotCard } from './spot-card.js';

import classes from './installation.module.css';

/** A car park as its people know it: circuits as tabs, spots as cards with what each car is doing. */
export function InstallationRoom() {
  const { installationId = '' } = useParams();
  const { t } = useWords();
  const { user } = useSession();
  const installation = useQuery(installationQuery(installationId));
  const spots = useQuery(spotsQuery(installationId));

  if (installation.data === undefined) {
    if (!installation.isError) return <RowsLoading rows={4} height={110} />;
    return <ErrorNotice error={installation.error} retry={() => void installation.refetch()} />;
  }
  const { name, condominium, timeZone } = installation.data;
  return (
    <>
      <PageHeader
        {...(roomsOf(user).includes('installations') && {
          up: { to: paths.installations, label: t('installations.title') },
        })}
        title={name}
        lead={`${condominium.name}, ${condominium.city} · ${t('installation.manager', { name: condominium.managerName })}`}
      >
        {user.role !== 'installer' && user.role !== 'resident' && (
          <Button
            component={Link}
            to={paths.installationCards(installationId)}
            variant="default"
            leftSection={<IconCreditCard size={17} aria-hidden />}
            data-testid="open-cards"
          >
            {t('cards.title')}
          </Button>
        )}
      </PageHeader>
      <Summary installation={installation.data} spots={spots.data ?? []} />
      {spots.isPending && <RowsLoading rows={3} height={150} />}
      {spots.isError && spots.data === undefined && (
        <ErrorNotice error={spots.error} retry={() => void spots.refetch()} />
      )}
      {spots.data !== undefined && (
        <Circuits circuits={installation.data.circuits} spots={spots.data} timeZone={timeZone} />
      )}
      {user.role !== 'resident' && <CircuitLoads installationId={installationId} timeZone={timeZone} />}
      <OdditiesSection installationId={installationId} timeZone={timeZone} />
      {user.role !== 'resident' && <NewChargers installationId={installationId} timeZone={timeZone} />}
    </>
  );
}

function OdditiesSection({ installationId, timeZone }: { readonly installationId: string; readonly timeZone: string }) {
  const oddities = useQuery(odditiesQuery(installationId));
  return <Oddities query={oddities} timeZone={timeZone} />;
}

function Summary({
  installation,
  spots,
}: {
  readonly installation: InstallationDetail;
  readonly spots: readonly Spot[];
}) {
  const { t, kW, count } = useWords();
  const { chargers, online, charging, openOddities } = installation;
  return (
    <div className={classes.summary}>
      <Figures>
        <Figure
          label={t('installation.online')}
          value={`${count(online)} / ${count(chargers)}`}
          tone={online < chargers ? 'warn' : 'plain'}
        />
        <Figure label={t('installation.charging')} value={count(charging)} tone={charging > 0 ? 'good' : 'plain'} />
        <Figure label={t('installation.power')} value={kW(totalPowerW(spots))} />
        <Figure
          label={t('installation.to-check')}
          value={count(openOddities)}
          tone={openOddities > 0 ? 'warn' : 'plain'}
        />
      </Figures>
    </div>
  );
}

interface CircuitsProps {
  readonly circuits: readonly Circuit[];
  readonly spots: readonly Spot[];
  readonly timeZone: string;
}

const ALL = 'all';

function Circuits({ circuits, spots, timeZone }: CircuitsProps) {
  const { t, kW } = useWords();
  const { user } = useSession();
  const [search, setSearch] = useSearchParams();
  const tabs = circuitTabs(circuits, spots);
  const wanted = search.get('circuit');
  const open = wanted === ALL || tabs.some(({ id }) => id === wanted) ? wanted : (tabs[0]?.id ?? ALL);

  if (tabs.length === 0) {
    return (
      <Card>
        <EmptyState icon={IconBolt} title={t('installation.no-circuits')} help={t('installation.no-spots.help')} />
      </Card>
    );
  }
  const all = { id: ALL, name: t('installation.tab.all'), maxCurrentA: null, spots: tabs.flatMap((tab) => tab.spots) };
  const nameOfTab = (id: string, name: string): string => (id === NO_CIRCUIT ? t('installation.no-circuit') : name);
  return (
    <Tabs
      value={open}
      onChange={(value) => setSearch(value === null ? {} : { circuit: value }, { replace: true })}
      variant="pills"
      keepMounted={false}
    >
      <Tabs.List className={classes.tabs} aria-label={t('installation.circuits')}>
        {[...tabs, all].map((tab) => (
          <Tabs.Tab key={tab.id} value={tab.id}>
            {nameOfTab(tab.id, tab.name)}
            <TabSign spots={tab.spots} />
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {[...tabs, all].map((tab) => (
        <Tabs.Panel key={tab.id} value={tab.id} tabIndex={-1}>
          <div className={classes.circuit}>
            <h2>{nameOfTab(tab.id, tab.name)}</h2>
            <span>
              {[
                t('installations.charging', {
                  count: tab.spots.filter(({ state }) => state.code === 'charging').length,
                }),
                t('installation.power-now', { power: kW(totalPowerW(tab.spots)) }),
                ...(tab.maxCurrentA === null ? [] : [t('installation.max-current', { amps: tab.maxCurrentA })]),
              ].join(' · ')}
            </span>
          </div>
          {tab.spots.length === 0 ? (
            <Card>
              <EmptyState
                icon={IconPlugConnected}
                title={t('installation.no-spots')}
                help={t('installation.no-spots.help')}
              />
            </Card>
          ) : (
            <ul className={classes.spots}>
              {tab.spots.map((spot) => (
                <SpotCard
                  key={spot.spotId}
                  spot={spot}
                  timeZone={timeZone}
                  holder={user.role !== 'installer'}
                  isLinked={user.role !== 'resident'}
                />
              ))}
            </ul>
          )}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}

/** Says from outside whether something is going on behind a tab. */
function TabSign({ spots }: { readonly spots: readonly Spot[] }) {
  const tones = new Set(spots.map((spot) => spotTone(spot.state)));
  const tone = tones.has('bad') ? 'bad' : tones.has('charging') ? 'charging' : null;
  return tone === null ? null : <span className={classes.sign} data-tone={tone} aria-hidden />;
}
