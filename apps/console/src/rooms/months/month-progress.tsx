import { Progress, Text } from '@mantine/core';

import type { Month } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { isFinished, progressOf } from '../../wording/month.js';

export function MonthProgressBar({ month }: { readonly month: Month }) {
  const { t } = useWords();
  const { done, total, unit } = progressOf(month);
  const text = t(`month.progress.${unit}`, { done, total });
  const cancelled = month.step === 'cancelled';
  const waits = month.step === 'parked' || month.held || month.step === 'awaiting-approval';
  const runs = !isFinished(month) && !waits && done < total;
  return (
    <div>
      <Progress
        value={total === 0 ? 0 : (100 * done) / total}
        color={cancelled ? 'gray' : month.step === 'parked' ? 'red' : waits ? 'orange' : 'mar'}
        size="sm"
        radius="xl"
        animated={runs}
        striped={runs}
        aria-label={t('month.progress')}
      />
      <Text size="xs" c="dimmed" mt={4} className="cz-figures">
        {text}
      </Text>
    </div>
  );
}
