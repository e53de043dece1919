import { Button, SimpleGrid, Tooltip } from '@mantine/core';
import { IconBan, IconCheck, IconClockOff, IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';

import type { Month, MonthAction } from '#apps/backoffice/api-types.js';

import { Intent } from '../../api/intent.js';
import { sayDone, sayRefused, useAsk } from '../../parts/action-dialog.js';
import { errorWords } from '../../parts/error-words.js';
import { useWords } from '../../texts/language.js';
import { ANSWER_TO, monthActionNeedsReason, monthActions, monthAsks } from '../../wording/month.js';
import { useMonthCommand } from './use-month-command.js';

import classes from './month.module.css';

const ICONS: Record<MonthAction, typeof IconCheck> = {
  approve: IconCheck,
  hold: IconPlayerPause,
  release: IconPlayerPlay,
  'waive-readings': IconClockOff,
  retry: IconRefresh,
  cancel: IconBan,
};
const LISTED = ['approve', 'hold', 'release', 'waive-readings', 'retry', 'cancel'] as const;

/**
 * Every command a month knows; those that make no sense now say why. The one that answers what the month asks stands
 * beside the question (month-needs.tsx).
 */
export function MonthCommands({ month }: { readonly month: Month }) {
  const need = monthAsks(month);
  const besideQuestion = need === null ? null : ANSWER_TO[need];
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 3 }} spacing={8}>
      {LISTED.filter((action) => action !== besideQuestion).map((action) => (
        <MonthCommandButton key={action} month={month} action={action} />
      ))}
    </SimpleGrid>
  );
}

interface MonthCommandButtonProps {
  readonly month: Month;
  readonly action: MonthAction;
  readonly prominent?: boolean;
}

export function MonthCommandButton({ month, action, prominent = false }: MonthCommandButtonProps) {
  const words = useWords();
  const { t } = words;
  const ask = useAsk();
  const [intent] = useState(() => new Intent());
  const command = useMonthCommand(month.cycleId);
  const possible = monthActions(month)[action];
  const Icon = ICONS[action];
  const label = t(`action.${action}`);

  const approve = async (): Promise<void> => {
    try {
      const approved = await intent.once(action, (key) => command.mutateAsync({ action, key }));
      if (approved === null) return;
      sayDone(t('done.title'), t(approved.answer.held ? 'action.approve.done.held' : 'action.approve.done'));
    } catch (error) {
      sayRefused(t('error.action'), errorWords(words, error).text);
    }
  };
  const act = (): void => {
    if (action === 'approve') {
      void approve();
      return;
    }
    const needsReason = monthActionNeedsReason(action);
    ask({
      title: label,
      body: t(`action.${action}.ask`),
      confirm: label,
      needsReason,
      done: t(`action.${action}.done`),
      ...(action === 'cancel' && { colour: 'red' }),
      run: ({ reason }, key) => command.mutateAsync(needsReason ? { action, reason, key } : { action, key }),
    });
  };

  const button = (
    <Button
      fullWidth={!prominent}
      variant={prominent ? 'filled' : 'default'}
      justify={prominent ? 'center' : 'flex-start'}
      leftSection={<Icon size={17} aria-hidden />}
      loading={command.isPending && action === 'approve'}
      disabled={!possible}
      onClick={act}
      data-testid={`month-${action}`}
    >
      {label}
    </Button>
  );
  if (possible) return button;
  return (
    <Tooltip label={t(`action.${action}.why`)} position="right">
      <span className={classes.impossible}>{button}</span>
    </Tooltip>
  );
}
