import { Badge } from '@mantine/core';
import { IconAlertTriangle, IconHandStop, IconPlayerPauseFilled } from '@tabler/icons-react';

import type { Month } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { isFinished, stopOf } from '../../wording/month.js';

const ICONS = { parked: IconAlertTriangle, held: IconPlayerPauseFilled, approval: IconHandStop } as const;

/** Where the month stands, in one word and one colour. What has stopped it is told before the step it stopped at. */
export function StepBadge({ month, size = 'md' }: { readonly month: Month; readonly size?: 'md' | 'lg' }) {
  const { t } = useWords();
  const stop = stopOf(month);
  const step = nameOf(t, 'step', month.step);
  const told = { size, 'data-testid': 'month-step', 'data-step': month.step, 'data-stop': stop ?? undefined };
  if (stop === null) {
    const colour = month.step === 'cancelled' ? 'gray' : isFinished(month) ? 'mar' : 'blue';
    return (
      <Badge color={colour} {...told}>
        {step}
      </Badge>
    );
  }
  const Icon = ICONS[stop];
  return (
    <Badge
      variant="filled"
      color={stop === 'parked' ? 'red.8' : 'orange.8'}
      autoContrast={false}
      leftSection={<Icon size={size === 'lg' ? 15 : 13} aria-hidden />}
      {...told}
    >
      {stop === 'held' ? `${t('month.held')} · ${step.toLowerCase()}` : t(`month.stop.${stop}`)}
    </Badge>
  );
}
