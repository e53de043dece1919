import { Button, Group, Select, Text } from '@mantine/core';
import { IconFileTypeXml } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { issuersQuery } from '../../api/queries.js';
import { saftUrl } from '../../api/request.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';

const MONTHS_BACK = 24;

/** Months that can be asked for, the last whole one first; yyyy-mm. */
function pastMonths(today: Date): string[] {
  return Array.from({ length: MONTHS_BACK }, (_, back) => {
    const month = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1 - back, 1));
    return month.toISOString().slice(0, 7);
  });
}

/** The tax authority's file of a month: which issuer, which month, and the file. */
export function SaftExport() {
  const { t, period: monthName } = useWords();
  const issuers = useQuery(issuersQuery);
  const [months] = useState(() => pastMonths(new Date()));
  const [chosen, choose] = useState<string | null>(null);
  const [period, setPeriod] = useState(months[0] ?? '');
  const portuguese = (issuers.data?.items ?? []).filter(({ country }) => country === 'PT');
  const issuerId = chosen ?? portuguese[0]?.id ?? null;
  return (
    <Section title={t('saft.title')} help={t('saft.help')}>
      {issuers.isError && <ErrorNotice error={issuers.error} retry={() => void issuers.refetch()} />}
      {issuers.data !== undefined && portuguese.length === 0 && <Text c="dimmed">{t('saft.none')}</Text>}
      {issuerId !== null && (
        <Group align="flex-end">
          <Select
            label={t('saft.issuer')}
            data={portuguese.map(({ id, name, nif }) => ({ value: id, label: `${name} (${nif})` }))}
            value={issuerId}
            onChange={choose}
            allowDeselect={false}
            w={{ base: '100%', sm: 320 }}
          />
          <Select
            label={t('saft.month')}
            data={months.map((value) => ({ value, label: monthName(value) }))}
            value={period}
            onChange={(value) => setPeriod(value ?? period)}
            allowDeselect={false}
            w={{ base: '100%', sm: 200 }}
          />
          <Button
            component="a"
            href={saftUrl(issuerId, period)}
            download
            variant="default"
            leftSection={<IconFileTypeXml size={18} aria-hidden />}
            data-testid="download-saft"
          >
            {t('saft.download')}
          </Button>
        </Group>
      )}
    </Section>
  );
}
