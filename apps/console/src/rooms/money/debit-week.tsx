import { Progress, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { debitWeekQuery } from '../../api/queries.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';

/** How much of the week's limit of debits is used, and what waits for room. */
export function DebitWeek() {
  const { t, money } = useWords();
  const week = useQuery(debitWeekQuery);
  if (week.isError) return <ErrorNotice error={week.error} retry={() => void week.refetch()} />;
  if (week.data === undefined) return null;
  const { limitCents, usedCents, waiting } = week.data;
  const used = money(usedCents, 'EUR');
  const share = limitCents === null || limitCents === 0 ? null : Math.min(100, (usedCents * 100) / limitCents);
  return (
    <Section title={t('debit-week.title')} help={t('debit-week.help')}>
      <Stack gap="xs" data-testid="debit-week">
        <Text fw={650} className="cz-figures">
          {limitCents === null
            ? t('debit-week.no-limit', { used })
            : t('debit-week.used', { used, limit: money(limitCents, 'EUR') })}
        </Text>
        {share !== null && (
          <Progress value={share} color={share >= 90 ? 'orange' : 'mar'} size="lg" aria-label={t('debit-week.title')} />
        )}
        <Text size="sm" c="dimmed">
          {t('debit-week.waiting', { count: waiting })}
        </Text>
      </Stack>
    </Section>
  );
}
