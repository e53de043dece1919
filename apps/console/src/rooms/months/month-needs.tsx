import { Anchor, Group, Text, Title } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Month, MonthAnomaly } from '#apps/backoffice/api-types.js';

import { paths } from '../../app/paths.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { anomalyText } from '../../wording/anomaly.js';
import { ANSWER_TO, monthAsks } from '../../wording/month.js';
import { waitsForText } from '../../wording/waits-for.js';
import { MonthCommandButton } from './month-commands.js';

import classes from './month.module.css';

interface MonthNeedsProps {
  readonly month: Month;
  readonly steer: boolean;
}

/** What the month asks of a person, why, and the button that answers it. */
export function MonthNeeds({ month, steer }: MonthNeedsProps) {
  const words = useWords();
  const { t } = words;
  const need = monthAsks(month);
  const waits = waitsForText(words, month.waitsFor, month.currency);
  if (need === null) {
    return (
      <>
        {month.invoices.needPerson > 0 && <InvoicesNeed count={month.invoices.needPerson} />}
        <Anomalies month={month} />
      </>
    );
  }
  return (
    <section className={classes.needs} data-need={need} data-testid="month-needs" aria-label={t('month.needs')}>
      <Title order={2}>{t(`month.needs.${need}`)}</Title>
      {(need === 'parked' || need === 'readings') && waits !== null && (
        <Text size="sm" mt={6}>
          {waits}
        </Text>
      )}
      {need === 'held' && month.hold !== null && <Hold hold={month.hold} timeZone={month.timeZone} />}
      <AnomalyList month={month} />
      <Group justify="space-between" mt="md" gap="sm">
        <Text size="sm" c="dimmed" flex="1 1 260px">
          {steer ? t(`month.needs.${need}.after`) : t('month.needs.staff')}
        </Text>
        {steer && <MonthCommandButton month={month} action={ANSWER_TO[need]} prominent />}
      </Group>
    </section>
  );
}

function InvoicesNeed({ count }: { readonly count: number }) {
  const { t } = useWords();
  return (
    <section className={classes.needs} data-need="parked" data-testid="month-needs" aria-label={t('month.needs')}>
      <Title order={2}>{t('month.need.invoices', { count })}</Title>
      <Text size="sm" mt={6}>
        {t('month.needs.invoices.after')}
      </Text>
    </section>
  );
}

function Hold({ hold, timeZone }: { readonly hold: NonNullable<Month['hold']>; readonly timeZone: string }) {
  const { t, instant } = useWords();
  return (
    <Text size="sm" mt={6} data-testid="month-hold">
      {t('month.hold', { by: hold.by, at: instant(hold.at, timeZone) })}
      {hold.reason !== null && <q className={classes.reason}>{hold.reason}</q>}
    </Text>
  );
}

function Anomalies({ month }: { readonly month: Month }) {
  const { t } = useWords();
  const checked = month.steps.some((step) => step.step === 'checking' && step.state === 'done');
  if (month.anomalies.length === 0) {
    return (
      <Group gap={8} c="dimmed" wrap="nowrap">
        <IconCircleCheck size={18} aria-hidden />
        <Text size="sm">
          {checked ? t('month.nothing-odd') : `${t('month.anomalies')}: ${t('month.checked-later').toLowerCase()}`}
        </Text>
      </Group>
    );
  }
  return (
    <section className={`${classes.needs} ${classes.calm}`} aria-label={t('month.anomalies')}>
      <Title order={2}>{t('month.anomalies')}</Title>
      <AnomalyList month={month} />
    </section>
  );
}

function AnomalyList({ month }: { readonly month: Month }) {
  const { t, instant } = useWords();
  const { anomalies, timeZone, currency } = month;
  if (anomalies.length === 0) return null;
  return (
    <ul className={classes.oddList}>
      {anomalies.map((anomaly) => (
        <li key={`${anomaly.code} ${anomaly.subject}`} className={classes.odd} data-testid="anomaly">
          {anomaly.acceptedAt === null ? (
            <IconAlertTriangle size={18} color="#f08c00" aria-hidden />
          ) : (
            <IconCircleCheck size={18} color="var(--mantine-primary-color-filled)" aria-hidden />
          )}
          <div>
            <Text size="sm" fw={600}>
              {nameOf(t, 'anomaly', anomaly.code)}
            </Text>
            <AnomalySentence anomaly={anomaly} currency={currency} />
            {anomaly.acceptedAt !== null && (
              <Text size="xs" c="dimmed">
                {t('month.anomalies.accepted', { at: instant(anomaly.acceptedAt, timeZone) })}
              </Text>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** A spike is about a customer, who has a name and a page; the others name a spot, a charger or the month. */
function AnomalySentence({ anomaly, currency }: { readonly anomaly: MonthAnomaly; readonly currency: string }) {
  const words = useWords();
  const { customer } = anomaly;
  return (
    <Text size="sm">
      {anomalyText(words, anomaly, currency)}{' '}
      {customer !== null && (
        <Anchor component={Link} to={paths.customer(customer.id)} size="sm">
          {words.t('anomaly.see-customer')}
        </Anchor>
      )}
    </Text>
  );
}
