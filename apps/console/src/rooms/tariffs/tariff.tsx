import { Alert, Anchor, Card } from '@mantine/core';
import { IconAlertTriangle, IconReceipt2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import type { TariffDetail } from '#apps/backoffice/api-types.js';

import { tariffQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { changesText } from '../../wording/tariff.js';
import { Charges } from './charges.js';
import { PlanFacts } from './plan-facts.js';
import { PriceTable } from './price-table.js';
import { TariffTimeline } from './tariff-timeline.js';

import classes from './tariffs.module.css';

/** An installation's price plans over time: which holds today, what changes next, every price and charge. */
export function TariffRoom() {
  const { installationId = '' } = useParams();
  const { t } = useWords();
  const tariff = useQuery(tariffQuery(installationId));
  if (tariff.data === undefined) {
    if (!tariff.isError) return <RowsLoading rows={4} height={110} />;
    return <ErrorNotice error={tariff.error} retry={() => void tariff.refetch()} />;
  }
  const { data } = tariff;
  return (
    <>
      <PageHeader
        up={{ to: paths.tariffs, label: t('tariffs.title') }}
        title={data.installationName}
        lead={
          <Anchor component={Link} to={paths.installation(data.installationId)} size="sm">
            {data.condominiumName}
          </Anchor>
        }
      />
      {data.spans.length === 0 ? (
        <Card>
          <EmptyState icon={IconReceipt2} title={t('tariff.none')} help={t('tariff.none.help')} />
        </Card>
      ) : (
        <Spans tariff={data} />
      )}
    </>
  );
}

function Spans({ tariff }: { readonly tariff: TariffDetail }) {
  const { t, day } = useWords();
  const { spans, currency, nextChange, current } = tariff;
  const [wanted, setWanted] = useState<string | null>(null);
  const open =
    spans.find(({ from }) => from === wanted) ?? spans.find(({ isToday }) => isToday) ?? spans.at(-1) ?? spans[0];
  if (open === undefined) return null;
  return (
    <div className={classes.stack}>
      {current === null && (
        <Alert color="red" icon={<IconAlertTriangle />} title={t('tariff.no-plan')}>
          {t('tariff.no-plan.help')}
        </Alert>
      )}
      <Section
        title={t('tariff.timeline')}
        {...(nextChange !== null && {
          help: t('tariff.changes-on', { date: day(nextChange.date), what: changesText(t, nextChange.changes) }),
        })}
      >
        <TariffTimeline tariff={tariff} open={open.from} choose={setWanted} />
      </Section>
      <div className={classes.columns}>
        <div className={classes.stack}>
          <Section title={t('tariff.price-per-kwh')} help={t('tariff.price-per-kwh.help')}>
            <PriceTable span={open} currency={currency} />
          </Section>
          <Section title={t('tariff.charges')} help={t('tariff.charges.help')}>
            <Charges
              charges={open.charges.filter(({ party }) => party !== 'bpo')}
              currency={currency}
              empty={t('tariff.charges.none')}
            />
          </Section>
          <Section title={t('tariff.fees')} help={t('tariff.fees.help')}>
            <Charges
              charges={open.charges.filter(({ party }) => party === 'bpo')}
              currency={currency}
              empty={t('tariff.fees.none')}
            />
          </Section>
        </div>
        <Section title={open.plan.name}>
          <PlanFacts span={open} />
        </Section>
      </div>
    </div>
  );
}
