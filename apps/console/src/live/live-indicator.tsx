import { Tooltip } from '@mantine/core';

import { useWords } from '../texts/language.js';
import { useLiveState } from './live-feed.js';

import classes from './live-indicator.module.css';

/** Whether changes arrive by themselves right now. */
export function LiveIndicator() {
  const { t } = useWords();
  const state = useLiveState();
  return (
    <Tooltip label={t(`live.${state}.help`)} events={{ hover: true, focus: true, touch: true }}>
      <output className={classes.indicator} data-state={state} data-testid="live-state">
        <span className={classes.dot} aria-hidden />
        <span className={classes.text}>{t(`live.${state}`)}</span>
      </output>
    </Tooltip>
  );
}
