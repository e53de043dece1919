import { IconChevronRight, IconHourglass } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Month } from '#apps/backoffice/api-types.js';

import { paths } from '../../app/paths.js';
import { useNowMs } from '../../parts/now.js';
import { Since } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';
import { isFinished, monthNeed } from '../../wording/month.js';
import { waitsForText } from '../../wording/waits-for.js';
import { MonthProgressBar } from './month-progress.js';
import { StepBadge } from './step-badge.js';

import classes from './months.module.css';

/** One month at a glance; the whole row is the way in. */
export function MonthRow({ month }: { readonly month: Month }) {
  const words = useWords();
  const need = monthNeed(month, useNowMs());
  const waits = isFinished(month) ? null : waitsForText(words, month.waitsFor);
  return (
    <li className={classes.row} data-need={need} data-testid="month-row" data-cycle={month.cycleId}>
      <div className={classes.name}>
        <Link to={paths.month(month.cycleId)} className={classes.link}>
          {words.period(month.period)}
        </Link>
        <span className={classes.soft}>{month.installationName}</span>
      </div>
      <div className={classes.step}>
        <StepBadge month={month} />
        <span className={classes.soft}>
          <Since at={month.finishedAt ?? month.stepSince} />
        </span>
        {waits !== null && (
          <span className={classes.waits} title={waits}>
            <IconHourglass size={14} aria-hidden />
            <span>{waits}</span>
          </span>
        )}
      </div>
      <div className={classes.progress}>
        <MonthProgressBar month={month} />
      </div>
      <div className={classes.money}>
        <MonthMoney month={month} />
      </div>
      <IconChevronRight className={classes.arrow} size={18} aria-hidden />
    </li>
  );
}

/** Once invoiced: what was invoiced and how much of it has come in; before that what the energy is worth. */
function MonthMoney({ month }: { readonly month: Month }) {
  const { t, euros, kWh } = useWords();
  const { issued, grossCents, settled } = month.invoices;
  if (issued > 0) {
    return (
      <>
        <strong>{euros(grossCents)}</strong>
        <span className={classes.soft}>{t('month.invoices.settled', { settled, issued })}</span>
      </>
    );
  }
  if (month.totalWh === 0 && month.totalCents === 0) return <span className={classes.soft}>{t('app.none')}</span>;
  return (
    <>
      <strong>{euros(month.totalCents)}</strong>
      <span className={classes.soft}>{kWh(month.totalWh, 1)}</span>
    </>
  );
}
