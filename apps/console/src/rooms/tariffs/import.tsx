import {
  Anchor,
  Button,
  Card,
  FileInput,
  Group,
  Loader,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { IconFileSpreadsheet, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';

import type { Import, ImportAnswer } from '#apps/backoffice/api-types.js';

import { base64Of } from '../../api/file-content.js';
import { templateUrl } from '../../api/request.js';
import { paths } from '../../app/paths.js';
import { Refusal } from '../../parts/action-dialog.js';
import { PageHeader } from '../../parts/page-header.js';
import { Section } from '../../parts/section.js';
import { useFileImport } from '../../parts/use-file-import.js';
import { useWords } from '../../texts/language.js';
import { IMPORT_LISTS, type ImportList } from '../../wording/import-lists.js';
import { ImportPreview } from './import-preview.js';

import classes from './tariffs.module.css';

type SeriesFields = Record<'id' | 'unit' | 'clockZone' | 'resolution', string>;
const NO_SERIES: SeriesFields = { id: '', unit: 'EUR/MWh', clockZone: 'Europe/Madrid', resolution: '15' };

/** A list from Excel or CSV: chosen, looked at row by row, and only then imported. */
export function ImportRoom() {
  const { t } = useWords();
  const [search, setSearch] = useSearchParams();
  const list = IMPORT_LISTS.find((each) => each === search.get('list')) ?? 'price-plan';
  const [series, setSeries] = useState(NO_SERIES);

  const { file, choose, look, run, error } = useFileImport<ImportAnswer>({
    path: `/imports/${list}`,
    bodyOf: (chosen) => bodyOf(chosen, list, series),
    done: ({ created, changed }) => t('import.done', { count: created + changed }),
  });
  const turn = (next: ImportList): void => {
    setSearch({ list: next }, { replace: true });
    choose(null);
  };
  const answer = run.data?.answer ?? look.data;

  return (
    <>
      <PageHeader
        up={{ to: paths.tariffs, label: t('tariffs.title') }}
        title={t('import.title')}
        lead={t('import.lead')}
      />
      <div className={classes.stack}>
        <Card>
          <Stack gap="md">
            <Select
              label={t('import.list')}
              data={IMPORT_LISTS.map((each) => ({ value: each, label: t(`import.list.${each}`) }))}
              value={list}
              onChange={(value) => turn(IMPORT_LISTS.find((each) => each === value) ?? list)}
              allowDeselect={false}
              maw={420}
            />
            <Text size="sm">
              {t('import.template')}{' '}
              <Anchor href={templateUrl(list, 'xlsx')} download size="sm" data-testid="template-xlsx">
                Excel
              </Anchor>{' '}
              ·{' '}
              <Anchor href={templateUrl(list, 'csv')} download size="sm">
                CSV
              </Anchor>
            </Text>
            {list === 'price-series' && <SeriesForm series={series} change={setSeries} />}
            <FileInput
              label={t('import.file')}
              placeholder={t('import.file.choose')}
              accept=".csv,.xlsx"
              leftSection={<IconFileSpreadsheet size={18} aria-hidden />}
              value={file}
              onChange={(chosen) => choose(chosen, list !== 'price-series' || series.id !== '')}
              clearable
              maw={420}
              data-testid="import-file"
            />
          </Stack>
        </Card>
        <div aria-live="polite">
          {(look.isPending || run.isPending) && (
            <Group gap="sm" my="md">
              <Loader size="sm" />
              <Text size="sm">{t(run.isPending ? 'import.running' : 'import.looking')}</Text>
            </Group>
          )}
          {error !== null && <Refusal error={error} />}
          {answer !== undefined && !look.isPending && !run.isPending && (
            <Section title={titleOf(t, answer)}>
              <ImportPreview answer={answer} />
              {answer.dryRun && answer.problems.length === 0 && file !== null && (
                <Group mt="lg">
                  <Button
                    leftSection={<IconUpload size={17} aria-hidden />}
                    onClick={() => run.mutate(file)}
                    disabled={answer.created + answer.changed === 0}
                    data-testid="import-confirm"
                  >
                    {t('import.confirm')}
                  </Button>
                </Group>
              )}
            </Section>
          )}
        </div>
      </div>
    </>
  );
}

function titleOf(t: ReturnType<typeof useWords>['t'], answer: ImportAnswer): string {
  if (answer.problems.length > 0) return t('import.problems', { count: answer.problems.length });
  return t(answer.imported ? 'import.imported' : 'import.preview');
}

async function bodyOf(file: File, list: ImportList, series: SeriesFields): Promise<Import> {
  const body = { fileName: file.name, contentBase64: await base64Of(file) };
  if (list !== 'price-series') return body;
  const { id, unit, clockZone, resolution } = series;
  return { ...body, series: { id: id.trim(), unit, clockZone, resolutionMinutes: Number(resolution) } };
}

interface SeriesFormProps {
  readonly series: SeriesFields;
  readonly change: (series: SeriesFields) => void;
}

/** Which series the values are of; of a known one what is said must agree with it. */
function SeriesForm({ series, change }: SeriesFormProps) {
  const { t } = useWords();
  const put = (name: keyof SeriesFields) => (event: { currentTarget: { value: string } }) =>
    change({ ...series, [name]: event.currentTarget.value });
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" maw={640}>
      <TextInput
        label={t('import.series.id')}
        description={t('import.series.id.help')}
        value={series.id}
        onChange={put('id')}
      />
      <TextInput
        label={t('import.series.unit')}
        description={t('import.series.unit.help')}
        value={series.unit}
        onChange={put('unit')}
      />
      <TextInput label={t('import.series.clock')} value={series.clockZone} onChange={put('clockZone')} />
      <Select
        label={t('series.resolution')}
        data={['15', '30', '60'].map((minutes) => ({ value: minutes, label: t('series.minutes', { minutes }) }))}
        value={series.resolution}
        onChange={(value) => change({ ...series, resolution: value ?? series.resolution })}
        allowDeselect={false}
      />
    </SimpleGrid>
  );
}
