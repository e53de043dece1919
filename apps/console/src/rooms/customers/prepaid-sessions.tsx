import { Alert, Stack, Text } from '@mantine/core';
import { IconBolt } from '@tabler/icons-react';

import type { Prepaid, PrepaidSession } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { prepaidSessionState, type PrepaidSessionState } from '../../wording/prepaid.js';

const COLOURS: Record<PrepaidSessionState, string> = {
  running: 'teal',
  warned: 'yellow',
  stopping: 'orange',
  stopped: 'orange',
  'not-stopped': 'red',
};

/** What charges now at the balance's cost, whether it will be stopped, and why it was. */
export function PrepaidSessions({ prepaid }: { readonly prepaid: Prepaid }) {
  if (prepaid.sessions.length === 0) return null;
  return (
    <Stack gap={8} data-testid="prepaid-sessions">
      {prepaid.sessions.map((session) => (
        <Sentence key={session.transactionId} session={session} prepaid={prepaid} />
      ))}
    </Stack>
  );
}

function Sentence({ session, prepaid }: { readonly session: PrepaidSession; readonly prepaid: Prepaid }) {
  const { t, money, kWh, instant } = useWords();
  const state = prepaidSessionState(session);
  if (state === null) return null;
  const { currency } = prepaid;
  const { stop } = session;
  return (
    <Alert color={COLOURS[state]} icon={<IconBolt size={18} aria-hidden />} data-state={state}>
      {t(`prepaid.session.${state}`, {
        charger: session.chargerLabel,
        since: instant(session.startedAt),
        energy: kWh(session.energyWh ?? 0),
        floor: money(stop?.floorCents ?? prepaid.floorCents, currency),
        left: money(stop?.leftCents ?? prepaid.availableCents, currency),
        unbilled: money(stop?.unbilledCents ?? prepaid.unbilledCents, currency),
        at: instant(session.stoppedAt ?? stop?.decidedAt ?? session.startedAt),
      })}
      {stop?.atHighestPrice === true && (
        <Text size="sm" mt={4}>
          {t('prepaid.session.highest-price')}
        </Text>
      )}
    </Alert>
  );
}
