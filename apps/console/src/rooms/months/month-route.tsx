import { VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';

import type { Month, MonthStepState } from '#apps/backoffice/api-types.js';

import { Since } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { isFinished, stopOf } from '../../wording/month.js';
import { waitsForText } from '../../wording/waits-for.js';
import { MonthProgressBar } from './month-progress.js';

import classes from './month.module.css';

function toneOf(month: Month): 'run' | 'wait' | 'bad' {
  const stop = stopOf(month);
  if (stop === null) return 'run';
  return stop === 'parked' ? 'bad' : 'wait';
}

/** The steps to show: a parked month stands between what was done and what is still to do. */
function stopsOf(month: Month): readonly MonthStepState[] {
  const over = isFinished(month);
  if (over || month.steps.some((step) => step.state === 'current')) {
    return month.steps.map((step) => (over && step.state === 'current' ? { ...step, state: 'done' } : step));
  }
  const done = month.steps.filter((step) => step.state === 'done');
  return [...done, { step: month.step, state: 'current' }, ...month.steps.slice(done.length)];
}

/** Every step of the month, with what is happening at the one it is in. */
export function MonthRoute({ month }: { readonly month: Month }) {
  const { t } = useWords();
  return (
    <ol className={classes.route} data-testid="month-route">
      {stopsOf(month).map(({ step, state }) => (
        <li
          key={step}
          className={classes.stop}
          data-state={state}
          data-tone={toneOf(month)}
          data-step={step}
          {...(state === 'current' && { 'aria-current': 'step' as const })}
        >
          <span className={classes.sign} aria-hidden>
            {state === 'done' && <IconCheck size={15} stroke={3} />}
          </span>
          <div>
            <div className={classes.label}>
              {nameOf(t, 'step', step)}
              <StateWord state={state} />
            </div>
            {state === 'current' && <CurrentStep month={month} />}
          </div>
        </li>
      ))}
    </ol>
  );
}

function StateWord({ state }: { readonly state: MonthStepState['state'] }) {
  const { t } = useWords();
  return <VisuallyHidden> ({t(`month.state.${state}`)})</VisuallyHidden>;
}

function CurrentStep({ month }: { readonly month: Month }) {
  const words = useWords();
  const { t } = words;
  const waits = waitsForText(words, month.waitsFor, month.currency);
  return (
    <div className={classes.about}>
      <Since at={month.stepSince} timeZone={month.timeZone} />
      <span>{waits === null ? t('waits.nobody') : `${t('month.waits-for')}: ${waits}`}</span>
      {month.total > 0 && <MonthProgressBar month={month} />}
    </div>
  );
}
