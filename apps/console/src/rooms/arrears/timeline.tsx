import { Badge, Group, Text } from '@mantine/core';

import type { ArrearsDetail, ArrearsMoment } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';

import classes from './timeline.module.css';

/** What was, where it stands, and what is ahead with the earliest day of each. */
export function Timeline({ detail }: { readonly detail: ArrearsDetail }) {
  const { timeline } = detail;
  const nowAt = timeline.findLastIndex(({ state }) => state === 'done');
  return (
    <ol className={classes.way}>
      {timeline.map((moment, index) => (
        <Moment
          key={moment.stage}
          moment={moment}
          currency={detail.case.currency}
          isNow={index === nowAt && detail.case.outcome === null}
        />
      ))}
    </ol>
  );
}

interface MomentProps {
  readonly moment: ArrearsMoment;
  readonly currency: string;
  readonly isNow: boolean;
}

function Moment({ moment: { stage, state, at, dueCents }, currency, isNow }: MomentProps) {
  const { t, instant, money } = useWords();
  const shown = isNow ? 'now' : state;
  return (
    <li className={classes.moment} data-state={shown} {...(isNow && { 'aria-current': 'step' })}>
      <Group gap="xs">
        <Text fw={isNow ? 650 : 500} size="sm" {...(state === 'ahead' && { c: 'dimmed' })}>
          {nameOf(t, 'arrears', stage)}
        </Text>
        <Badge size="xs" variant={shown === 'ahead' ? 'outline' : 'light'} color={isNow ? 'mar' : 'gray'}>
          {t(`arrears-case.${shown}`)}
        </Badge>
      </Group>
      <Text size="xs" c="dimmed">
        {whenOf()}
        {dueCents !== null && ` · ${money(dueCents, currency)}`}
      </Text>
    </li>
  );

  function whenOf(): string {
    if (at === null) return t('arrears-case.by-people');
    return state === 'done' ? instant(at) : t('arrears-case.no-earlier', { at: instant(at) });
  }
}
