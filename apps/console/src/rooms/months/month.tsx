import { Anchor, Button, Tooltip } from '@mantine/core';
import { IconExternalLink, IconFileSpreadsheet, IconFileZip } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';

import type { Month, MonthDetail } from '#apps/backoffice/api-types.js';

import { monthInvoicesQuery, monthQuery } from '../../api/queries.js';
import { archiveUrl, fileUrl } from '../../api/request.js';
import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { Figure, Figures } from '../../parts/figure.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { isFinished, maySteer } from '../../wording/month.js';
import { Adjustments } from './adjustments.js';
import { BandPicture } from './band-picture.js';
import { Bill } from './bill/bill.js';
import { Invoices } from './invoices.js';
import { MoneyPicture } from './money-picture.js';
import { MonthCommands } from './month-commands.js';
import { MonthMoney } from './month-money.js';
import { MonthNeeds } from './month-needs.js';
import { MonthRoute } from './month-route.js';
import { StepBadge } from './step-badge.js';

import classes from './month.module.css';

/** One month: where it stands, what it needs, what one can do, and what came of it. */
export function MonthRoom() {
  const { cycleId = '' } = useParams();
  const { t, period } = useWords();
  const { user } = useSession();
  const month = useQuery(monthQuery(cycleId));
  const invoices = useQuery(monthInvoicesQuery(cycleId));

  if (month.data === undefined) {
    if (!month.isError) return <RowsLoading rows={4} height={120} />;
    return <ErrorNotice error={month.error} retry={() => void month.refetch()} />;
  }
  const steer = maySteer(user.role);
  return (
    <>
      <PageHeader
        up={{ to: paths.months, label: t('months.title') }}
        title={period(month.data.period)}
        badge={<StepBadge month={month.data} size="lg" />}
        lead={
          <Anchor component={Link} to={paths.installation(month.data.installationId)} size="sm">
            {month.data.installationName}
          </Anchor>
        }
      >
        <MonthLinks month={month.data} />
      </PageHeader>
      <div className={classes.columns}>
        <div className={classes.way}>
          <Section title={t('month.route')}>
            <MonthRoute month={month.data} />
          </Section>
        </div>
        <div className={classes.content}>
          <MonthNeeds month={month.data} steer={steer} />
          <MonthFigures month={month.data} />
          <div className={classes.pictures}>
            <Section title={t('month.money-picture')}>
              <MoneyPicture invoices={invoices.data} currency={month.data.currency} over={isFinished(month.data)} />
            </Section>
            <Section title={t('month.band-picture')}>
              <BandPicture bands={month.data.bands} currency={month.data.currency} />
            </Section>
          </div>
          {steer && !isFinished(month.data) && (
            <Section title={t('month.actions')}>
              <MonthCommands month={month.data} />
            </Section>
          )}
        </div>
      </div>
      <div className={classes.bill}>
        <Bill cycleId={cycleId} steer={steer} />
      </div>
      {user.role !== 'installer' && user.role !== 'resident' && <MonthMoney month={month.data} />}
      <Invoices query={invoices} month={month.data} steer={steer} />
      {month.data.invoices.issued > 0 && (
        <div className={classes.after}>
          <Adjustments cycleId={cycleId} currency={month.data.currency} steer={steer} />
        </div>
      )}
    </>
  );
}

function MonthLinks({ month }: { readonly month: MonthDetail }) {
  const { t } = useWords();
  return (
    <>
      {month.workflowUrl !== null && (
        <Button
          component="a"
          href={month.workflowUrl}
          target="_blank"
          rel="noreferrer"
          variant="default"
          rightSection={<IconExternalLink size={16} aria-hidden />}
          aria-label={`${t('app.open-temporal')} (${t('app.new-tab')})`}
        >
          {t('app.open-temporal')}
        </Button>
      )}
      {month.hasArchive && (
        <Tooltip label={t('month.archive.help')}>
          <Button
            component="a"
            href={archiveUrl(month.cycleId)}
            download
            variant="default"
            leftSection={<IconFileZip size={18} aria-hidden />}
            data-testid="download-archive"
          >
            {t('month.archive')}
          </Button>
        </Tooltip>
      )}
      {month.excelFileId === null ? (
        <Tooltip label={t('month.excel.missing')} events={{ hover: true, focus: true, touch: true }}>
          <Button
            variant="default"
            leftSection={<IconFileSpreadsheet size={18} aria-hidden />}
            data-disabled
            aria-disabled
          >
            {t('month.excel')}
          </Button>
        </Tooltip>
      ) : (
        <Button
          component="a"
          href={fileUrl(month.excelFileId)}
          download
          variant="default"
          leftSection={<IconFileSpreadsheet size={18} aria-hidden />}
          data-testid="download-excel"
        >
          {t('month.excel')}
        </Button>
      )}
    </>
  );
}

function MonthFigures({ month }: { readonly month: Month }) {
  const { t, kWh, money } = useWords();
  const { invoices } = month;
  return (
    <Figures>
      <Figure label={t('month.energy')} value={kWh(month.totalWh, 1)} />
      <Figure
        label={t('month.money.rated')}
        value={money(month.totalCents, month.currency)}
        help={t('month.money.rated.help')}
      />
      <Figure
        label={t('month.unattributed')}
        value={kWh(month.unattributedWh, 1)}
        help={t('month.unattributed.help')}
      />
      <Figure
        label={t('month.money.invoiced')}
        value={invoices.issued === 0 ? t('app.none') : money(invoices.grossCents, month.currency)}
        note={t('month.invoices.count', { count: invoices.issued })}
      />
      <Figure
        label={t('month.money.paid')}
        value={invoices.issued === 0 ? t('app.none') : money(invoices.paidCents, month.currency)}
        note={invoices.issued === 0 ? null : t('month.invoices.settled', invoices)}
        tone={invoices.paidCents > 0 ? 'good' : 'plain'}
      />
    </Figures>
  );
}
