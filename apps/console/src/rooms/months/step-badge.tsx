import { Badge } from '@mantine/core';

import type { Month } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { isFinished } from '../../wording/month.js';

function colourOf(month: Pick<Month, 'step' | 'held' | 'finishedAt'>): string {
  if (month.step === 'parked') return 'red';
  if (month.step === 'cancelled') return 'gray';
  if (isFinished(month)) return 'mar';
  if (month.held || month.step === 'awaiting-approval') return 'orange';
  return 'blue';
}

/** Where the month stands, in one word and one colour. */
export function StepBadge({ month, size = 'md' }: { readonly month: Month; readonly size?: 'md' | 'lg' }) {
  const { t } = useWords();
  const held = month.held && !isFinished(month);
  return (
    <Badge color={colourOf(month)} size={size} data-testid="month-step" data-step={month.step}>
      {nameOf(t, 'step', month.step)}
      {held && ` · ${t('month.held').toLowerCase()}`}
    </Badge>
  );
}
