import { Anchor, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { customerArrearsQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { Section } from '../../parts/section.js';
import { When } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';

/** What a customer owes that is chased, what follows and when; nothing is shown to who owes nothing. */
export function Debts({ customerId }: { readonly customerId: string }) {
  const { t, money } = useWords();
  const debts = useQuery(customerArrearsQuery(customerId));
  if (debts.data === undefined || debts.data.length === 0) return null;
  return (
    <Section title={t('my-debts.title')} help={t('my-debts.help')}>
      <Stack gap="sm">
        {debts.data.map(({ documentId, number, dueCents, currency, nextStage, nextActionAt, suspended }) => (
          <div key={documentId}>
            <Group justify="space-between" gap="xs">
              <Anchor
                component={Link}
                to={paths.arrearsCase(documentId)}
                fw={550}
                size="sm"
                aria-label={t('my-debts.open', { number })}
              >
                {number}
              </Anchor>
              <Text fw={600} size="sm" className="cz-figures">
                {money(dueCents, currency)}
              </Text>
            </Group>
            {suspended && (
              <Text size="sm" c="red">
                {t('my-debts.suspended')}
              </Text>
            )}
            {nextStage !== null && nextActionAt !== null && (
              <Text size="xs" c="dimmed">
                {nameOf(t, 'arrears', nextStage)}: <When at={nextActionAt} />
              </Text>
            )}
          </div>
        ))}
      </Stack>
    </Section>
  );
}
