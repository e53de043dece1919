import { Progress, Text } from '@mantine/core';

import type { Month } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { isFinished } from '../../wording/month.js';

/** How far the month is: what its current step counts, or else how many steps are behind it. */
export function progressOf(month: Month): { readonly done: number; readonly total: number } {
  if (month.total > 0) return { done: Math.min(month.done, month.total), total: month.total };
  const steps = month.steps.length;
  const done = month.steps.filter((step) => step.state === 'done').length;
  return isFinished(month) ? { done: steps, total: steps } : { done, total: steps };
}

export function MonthProgressBar({ month }: { readonly month: Month }) {
  const { t, count } = useWords();
  const { done, total } = progressOf(month);
  const text = t('month.progress.of', { done: count(done), total: count(total) });
  const running = !isFinished(month) && month.step !== 'parked' && !month.held;
  return (
    <div>
      <Progress
        value={total === 0 ? 0 : (100 * done) / total}
        color={month.step === 'parked' ? 'red' : 'mar'}
        size="sm"
        radius="xl"
        animated={running && done < total}
        striped={running && done < total}
        aria-label={t('month.progress')}
      />
      <Text size="xs" c="dimmed" mt={4} className="cz-figures">
        {text}
      </Text>
    </div>
  );
}
