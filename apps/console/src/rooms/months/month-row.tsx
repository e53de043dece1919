import { IconAlertTriangle, IconChevronRight, IconHourglass } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Month } from '#apps/backoffice/api-types.js';

import { paths } from '../../app/paths.js';
import { useNowMs } from '../../parts/now.js';
import { Since } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';
import { isFinished, monthNeed, needText, outcomeText, type MonthNeed } from '../../wording/month.js';
import { waitsForText } from '../../wording/waits-for.js';
import { MonthProgressBar } from './month-progress.js';
import { StepBadge } from './step-badge.js';

import classes from './months.module.css';

/** One month at a glance; the whole row is the way in. */
export function MonthRow({ month }: { readonly month: Month }) {
  const words = useWords();
  const need = monthNeed(month, useNowMs());
  const outcome = outcomeText(words, month);
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
          <Since at={month.finishedAt ?? month.stepSince} timeZone={month.timeZone} />
        </span>
        {outcome !== null && (
          <span className={classes.outcome} data-owed={month.invoices.arrears > 0}>
            {outcome}
          </span>
        )}
        <WaitsFor month={month} need={need} />
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

/** What it needs of a person, told loudly; or else what it waits for by itself. */
function WaitsFor({ month, need }: { readonly month: Month; readonly need: MonthNeed | null }) {
  const words = useWords();
  if (isFinished(month) && need === null) return null;
  const text = need === null ? waitsForText(words, month.waitsFor, month.currency) : needText(words, month, need);
  if (text === null) return null;
  const Icon = need === null ? IconHourglass : IconAlertTriangle;
  return (
    <span className={classes.waits} data-need={need} title={text} data-testid="month-waits">
      <Icon size={14} aria-hidden />
      <span>{text}</span>
    </span>
  );
}

/** Once invoiced: what was invoiced and how much of it has come in; before that what the energy is worth. */
function MonthMoney({ month }: { readonly month: Month }) {
  const { t, money, kWh } = useWords();
  const { issued, grossCents, settled } = month.invoices;
  if (issued > 0) {
    return (
      <>
        <strong>{money(grossCents, month.currency)}</strong>
        <span className={classes.soft}>{t('month.invoices.settled', { settled, issued })}</span>
      </>
    );
  }
  if (month.totalWh === 0 && month.totalCents === 0) return <span className={classes.soft}>{t('app.none')}</span>;
  return (
    <>
      <strong>{money(month.totalCents, month.currency)}</strong>
      <span className={classes.soft}>{kWh(month.totalWh, 1)}</span>
    </>
  );
}
