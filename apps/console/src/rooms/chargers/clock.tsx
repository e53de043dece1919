import { Button, List, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import type { ChargerDetail, ClockEntry } from '#apps/backoffice/api-types.js';

import { chargerClockQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { useAsk } from '../../parts/action-dialog.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { clockText } from '../../wording/clock.js';

interface ClockProps {
  readonly charger: ChargerDetail;
}

/** How far the charger's clock was off, and since when; shown only where it ever was. Staff who know better say so. */
export function Clock({ charger }: ClockProps) {
  const { t } = useWords();
  const clock = useQuery(chargerClockQuery(charger.id));
  const entries = clock.data?.entries ?? [];
  if (entries.length === 0) return null;
  return (
    <div style={{ marginTop: 20 }}>
      <Section title={t('clock.title')} help={t('clock.help')} aside={<Overrule charger={charger} entries={entries} />}>
        <List listStyleType="none" spacing="sm" data-testid="clock">
          {entries.map((entry) => (
            <List.Item key={entry.id}>
              <Entry entry={entry} timeZone={charger.timeZone} />
            </List.Item>
          ))}
        </List>
      </Section>
    </div>
  );
}

/** The last observation is overruled, or the last word of staff taken back. */
function Overrule({ charger, entries }: ClockProps & { readonly entries: readonly ClockEntry[] }) {
  const { t, instant } = useWords();
  const { user } = useSession();
  const client = useQueryClient();
  const ask = useAsk();
  const [last] = entries;
  if (last === undefined || (user.role !== 'administrator' && user.role !== 'staff')) return null;
  const isStaff = last.source === 'staff' && last.kind !== 'withdrawn';
  if (!isStaff && (last.offsetS ?? 0) === 0) return null;
  const deed = isStaff ? 'withdraw' : 'right';
  const overrule = (): void =>
    ask({
      title: t(`clock.overrule.${deed}`),
      body: t(`clock.overrule.${deed}.sure`, {
        charger: charger.label,
        from: instant(last.from, charger.timeZone),
      }),
      confirm: t(`clock.overrule.${deed}`),
      needsReason: true,
      done: t('clock.overruled'),
      run: async ({ reason }, key) => {
        const body = { offsetS: isStaff ? null : 0, from: last.from, until: last.until, reason };
        await write('POST', `/chargers/${encodeURIComponent(charger.id)}/clock`, body, key);
        await client.invalidateQueries({ queryKey: ['charger-clock', charger.id] });
      },
    });
  return (
    <Button variant="default" size="xs" onClick={overrule}>
      {t(`clock.overrule.${deed}`)}
    </Button>
  );
}

function Entry({ entry, timeZone }: { readonly entry: ClockEntry; readonly timeZone: string }) {
  const words = useWords();
  const { t, instant } = words;
  const { source, evidence, driftMs, until } = entry;
  const from = instant(entry.from, timeZone);
  const span =
    until === null ? t('clock.span', { from }) : t('clock.span.until', { from, until: instant(until, timeZone) });
  const seconds = Math.round(driftMs / 1_000);
  const by =
    source === 'observed'
      ? t('clock.source.observed', { count: evidence.length })
      : t('clock.source.staff', { by: entry.by ?? '', reason: entry.reason ?? '' });
  return (
    <div>
      <Text size="sm" fw={600}>
        {clockText(t, entry)}
        {seconds !== 0 && ` ${t('clock.drift', { seconds })}`}
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {span} · {by} · {instant(entry.at, timeZone)}
      </Text>
      {evidence.length > 0 && (
        <details>
          <summary style={{ fontSize: 12, cursor: 'pointer' }}>{t('clock.evidence')}</summary>
          {evidence.map(({ toldAt, arrivedAt }) => (
            <Text key={arrivedAt} size="xs" c="dimmed" className="cz-figures">
              {t('clock.evidence.line', { told: toldAt, arrived: arrivedAt })}
            </Text>
          ))}
        </details>
      )}
    </div>
  );
}
