import { Alert, Stack } from '@mantine/core';
import { IconAlertTriangle, IconFileInvoice } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { seriesQuery } from '../../api/queries.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { DocumentList } from './document-list.js';
import { SaftExport } from './saft-export.js';
import { SeriesList } from './series-list.js';

/** Fiscal documents: the series at the tax authority, and every document with what can be given back of it. */
export function Documents() {
  const { t } = useWords();
  const series = useQuery(seriesQuery);
  return (
    <Stack gap="lg">
      {series.isError && <ErrorNotice error={series.error} retry={() => void series.refetch()} />}
      {series.isPending && <RowsLoading />}
      {series.data?.certificate === '0' && (
        <Alert color="yellow" icon={<IconFileInvoice />}>
          {t('documents.uncertified')}
        </Alert>
      )}
      {series.data !== undefined && series.data.unregistered > 0 && (
        <Alert color="yellow" icon={<IconAlertTriangle />} data-testid="series-missing">
          {t('documents.unregistered', { count: series.data.unregistered })}
        </Alert>
      )}
      {series.data !== undefined && <SeriesList series={series.data.series} />}
      <SaftExport />
      <DocumentList />
    </Stack>
  );
}
