import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';

import type { ExplainedReading, Explanation } from '#apps/backoffice/api-types.js';

import { explanationQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { formatInstantExact } from '../../format/dates.js';
import { useAsk } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';

interface CorrectReadingProps {
  readonly reading: ExplainedReading;
  readonly line: Explanation['line'];
}

/** For staff: leaves a wrong reading out of rating, or takes that back; the dialog says what comes of it. */
export function CorrectReading({ reading, line }: CorrectReadingProps) {
  const { t, language, count } = useWords();
  const { role } = useSession().user;
  const ask = useAsk();
  const client = useQueryClient();
  if (role !== 'administrator' && role !== 'staff') return null;
  const of = { at: formatInstantExact(reading.at, language, line.timeZone), wh: count(reading.registerWh) };
  const correct = async (kind: 'disregard' | 'restore', reason: string, key: string): Promise<void> => {
    await write('POST', `/readings/${reading.readingId}/${kind}`, { reason }, key);
    await client.invalidateQueries({ queryKey: explanationQuery(line.lineId).queryKey });
  };
  const disregard = () =>
    ask({
      title: t('why.disregard'),
      body: t(line.isBilled ? 'why.disregard.billed' : 'why.disregard.open', of),
      confirm: t('why.disregard'),
      colour: 'red',
      needsReason: true,
      run: ({ reason }, key) => correct('disregard', reason, key),
      done: t('why.disregard.done'),
    });
  const restore = () =>
    ask({
      title: t('why.restore'),
      body: t('why.restore.body', of),
      confirm: t('why.restore'),
      needsReason: true,
      run: ({ reason }, key) => correct('restore', reason, key),
      done: t('why.restore.done'),
    });
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      onClick={reading.isDisregarded ? restore : disregard}
      aria-label={t(reading.isDisregarded ? 'why.restore.of' : 'why.disregard.of', of)}
      data-testid="correct-reading"
    >
      {t(reading.isDisregarded ? 'why.restore' : 'why.disregard')}
    </Button>
  );
}
