import { Badge, Group, Stack, Text } from '@mantine/core';

import type { ArrearsDetail } from '#apps/backoffice/api-types.js';

import { DataTable } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';

interface FactsProps {
  readonly detail: ArrearsDetail;
}

export function Plan({ detail: { plan, planRequest, case: one } }: FactsProps) {
  const { t, money, day } = useWords();
  if (plan === null && planRequest === null) return null;
  return (
    <Section
      title={t('arrears-case.plan')}
      aside={
        plan !== null && (
          <Badge color={plan.outcome === 'broken' ? 'red' : 'mar'} variant="light">
            {nameOf(t, 'arrears-case.plan.state', plan.outcome ?? 'kept')}
          </Badge>
        )
      }
    >
      <Stack gap="sm">
        {planRequest !== null && (
          <Text size="sm">
            {t('arrears-case.plan.asked', { words: planRequest.words })}
            {planRequest.answer !== null && planRequest.answer !== 'agreed' && (
              <Text size="xs" c="dimmed">
                {t('arrears-case.plan.answer', { answer: planRequest.answer })}
              </Text>
            )}
          </Text>
        )}
        {plan !== null && (
          <DataTable
            label={t('arrears-case.plan')}
            rows={plan.instalments}
            rowKey={({ dueDate }) => dueDate}
            columns={[
              {
                id: 'due',
                header: t('arrears-case.plan.due'),
                render: ({ dueDate }) => day(dueDate),
                card: 'head',
              },
              {
                id: 'amount',
                header: t('arrears-case.plan.amount'),
                align: 'right',
                render: ({ amountCents }) => money(amountCents, one.currency),
              },
              {
                id: 'paid',
                header: t('arrears-case.plan.paid'),
                align: 'right',
                render: ({ paidCents }) => money(paidCents, one.currency),
              },
            ]}
          />
        )}
      </Stack>
    </Section>
  );
}

export function Complaints({ detail: { complaints } }: FactsProps) {
  const { t, instant } = useWords();
  if (complaints.length === 0) return null;
  return (
    <Section title={t('arrears-case.complaints')}>
      <Stack gap="sm">
        {complaints.map(({ reason, openedAt, closedAt, closeReason }) => (
          <div key={openedAt}>
            <Group gap="xs">
              <Text size="sm">{reason}</Text>
              {closedAt === null && (
                <Badge size="xs" color="orange">
                  {t('arrears-case.complaint.open')}
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed">
              {instant(openedAt)}
              {closeReason !== null && ` · ${t('arrears-case.complaint.answer', { answer: closeReason })}`}
            </Text>
          </div>
        ))}
      </Stack>
    </Section>
  );
}

export function Suspensions({ detail: { suspensions } }: FactsProps) {
  const { t, instant } = useWords();
  if (suspensions.length === 0) return null;
  return (
    <Section title={t('arrears-case.suspensions')}>
      {suspensions.map(({ from, until }) => (
        <Text key={from} size="sm">
          {until === null
            ? t('arrears-case.suspension.lasts', { from: instant(from) })
            : t('arrears-case.suspension', { from: instant(from), until: instant(until) })}
        </Text>
      ))}
    </Section>
  );
}

export function Letters({ detail: { letters } }: FactsProps) {
  const { t, instant } = useWords();
  if (letters.length === 0) return null;
  return (
    <Section title={t('arrears-case.letters')}>
      <Stack gap="xs">
        {letters.map(({ stage, channel, recipient, reference, givenAt }) => (
          <div key={`${stage} ${channel} ${givenAt} ${reference ?? ''}`}>
            <Text size="sm">
              {nameOf(t, 'arrears', stage)}: {nameOf(t, 'arrears-case.letters', channel)}
            </Text>
            <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
              {instant(givenAt)} · {recipient}
              {reference !== null && ` · ${reference}`}
            </Text>
          </div>
        ))}
      </Stack>
    </Section>
  );
}
