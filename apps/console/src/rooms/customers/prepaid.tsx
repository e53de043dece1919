import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { CustomerDetail, Prepaid, PrepaidSession } from '#apps/backoffice/api-types.js';

import { prepaidQuery } from '../../api/queries.js';
import { useSession } from '../../app/session.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { PrepaidConversion } from './prepaid-conversion.js';
import { PrepaidPicture } from './prepaid-picture.js';
import { PrepaidRefund } from './prepaid-refund.js';
import { PrepaidSessions } from './prepaid-sessions.js';
import { PrepaidSettings } from './prepaid-settings.js';

import classes from './prepaid.module.css';

/** What is left moves while a car charges. */
const WHILE_CHARGING_MS = 60_000;
const isRunning = ({ stoppedAt }: PrepaidSession): boolean => stoppedAt === null;

/** Money paid ahead: what is left of it, its rules, another way of paying, and the end of it. */
export function PrepaidCard({ customer }: { readonly customer: CustomerDetail }) {
  const { t } = useWords();
  const { role } = useSession().user;
  const isAccount = customer.paymentMethod === 'prepaid' || customer.prepaidCents !== 0;
  const prepaid = useQuery({
    ...prepaidQuery(customer.id),
    refetchInterval: ({ state }) => (state.data?.sessions.some(isRunning) === true ? WHILE_CHARGING_MS : false),
  });
  if (prepaid.data === undefined) {
    if (!prepaid.isError) return isAccount ? <RowsLoading rows={1} height={180} /> : null;
    return isAccount ? <ErrorNotice error={prepaid.error} retry={() => void prepaid.refetch()} /> : null;
  }
  const mayAct = role === 'administrator' || role === 'staff' || role === 'resident';
  const isShown = isAccount || prepaid.data.refund !== null;
  return (
    <div className={classes.card} data-testid="prepaid">
      <Section
        title={t(isShown ? 'prepaid.title' : 'prepaid.method.title')}
        help={t(isShown ? 'prepaid.help' : 'prepaid.method.help')}
      >
        <Stack gap="md">
          {isShown && <Account prepaid={prepaid.data} mayAct={mayAct} />}
          {mayAct && <PrepaidConversion prepaid={prepaid.data} />}
          {isShown && <PrepaidRefund prepaid={prepaid.data} mayAct={mayAct} isStaff={mayAct && role !== 'resident'} />}
        </Stack>
      </Section>
    </div>
  );
}

interface AccountProps {
  readonly prepaid: Prepaid;
  readonly mayAct: boolean;
}

function Account({ prepaid, mayAct }: AccountProps) {
  const { t, money, day } = useWords();
  const [opened, setOpened] = useState(false);
  const { autoTopUp, currency, topUps, unpriced } = prepaid;
  const next = topUps.find(({ state }) => state === 'created' || state === 'processing');
  return (
    <>
      <PrepaidPicture prepaid={prepaid} />
      <PrepaidSessions prepaid={prepaid} />
      {unpriced.length > 0 && <Alert color="yellow">{t('prepaid.unpriced')}</Alert>}
      {prepaid.method === 'prepaid' && (
        <Group justify="space-between" gap="sm">
          <Text size="sm" className={classes.rules}>
            {t('prepaid.rules', {
              low: money(prepaid.lowBalanceCents, currency),
              floor: money(prepaid.floorCents, currency),
            })}{' '}
            {autoTopUp === null
              ? t('prepaid.auto.off')
              : t('prepaid.auto.on', {
                  amount: money(autoTopUp.amountCents, currency),
                  below: money(autoTopUp.belowCents, currency),
                  maximum: money(autoTopUp.monthMaximumCents, currency),
                })}
          </Text>
          {mayAct && (
            <Button
              variant="default"
              leftSection={<IconAdjustments size={17} aria-hidden />}
              onClick={() => setOpened(true)}
              data-testid="prepaid-settings"
            >
              {t('prepaid.settings')}
            </Button>
          )}
        </Group>
      )}
      {next !== undefined && (
        <Text size="sm">
          {t(next.state === 'created' ? 'prepaid.top-up.announced' : 'prepaid.top-up.processing', {
            amount: money(next.amountCents, currency),
            date: day(next.debitAt),
          })}
        </Text>
      )}
      {topUps.length > 0 && (
        <ul className={classes.topUps}>
          {topUps.slice(0, 3).map((topUp) => (
            <li key={topUp.id}>
              <span>{day(topUp.createdAt)}</span>
              <span>{money(topUp.amountCents, currency)}</span>
              <span className={classes.soft}>{nameOf(t, 'top-up', topUp.state)}</span>
            </li>
          ))}
        </ul>
      )}
      <PrepaidSettings prepaid={prepaid} opened={opened} close={() => setOpened(false)} />
    </>
  );
}
