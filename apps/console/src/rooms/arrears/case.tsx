import { Alert, SimpleGrid, Stack, Text } from '@mantine/core';
import { IconHandStop } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';

import type { ArrearsDetail } from '#apps/backoffice/api-types.js';
import { ibanInFours } from '#libs/payments/iban.js';

import { arrearsCaseQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { Figure, Figures } from '../../parts/figure.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { causeText } from '../../wording/cause.js';
import { CaseCommands } from './case-commands.js';
import { Complaints, Letters, Plan, Suspensions } from './case-facts.js';
import { Timeline } from './timeline.js';

/** One debt: what was, what follows and when, how to pay, and what can be done about it. */
export function ArrearsCaseRoom() {
  const { documentId = '' } = useParams();
  const { t } = useWords();
  const { user } = useSession();
  const found = useQuery(arrearsCaseQuery(documentId));
  if (found.data === undefined) {
    if (!found.isError) return <RowsLoading rows={4} height={96} />;
    return <ErrorNotice error={found.error} retry={() => void found.refetch()} />;
  }
  const detail = found.data;
  const { customerId, customerName, number } = detail.case;
  const isStaff = user.role === 'administrator' || user.role === 'staff';
  const up = isStaff
    ? { to: paths.moneyPage('arrears'), label: t('arrears-room.title') }
    : { to: paths.customer(customerId), label: customerName };
  return (
    <>
      <PageHeader title={t('arrears-case.title', { number })} lead={customerName} up={up}>
        <CaseCommands detail={detail} role={isStaff ? 'staff' : user.role === 'resident' ? 'debtor' : 'reader'} />
      </PageHeader>
      <Stack gap="lg">
        {detail.standsStill !== null && (
          <Alert color="blue" icon={<IconHandStop />} data-testid="stands-still">
            {t(
              detail.standsStill === 'plan' ? 'arrears-case.stands-still.plan' : 'arrears-case.stands-still.complaint',
            )}
          </Alert>
        )}
        <CaseFigures detail={detail} />
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
          <Section title={t('arrears-case.way')} help={t('arrears-case.way.help')}>
            <Timeline detail={detail} />
          </Section>
          <Stack gap="lg">
            <HowToPay detail={detail} />
            <Plan detail={detail} />
            <Complaints detail={detail} />
            <Suspensions detail={detail} />
            <Letters detail={detail} />
          </Stack>
        </SimpleGrid>
      </Stack>
    </>
  );
}

function CaseFigures({ detail: { case: one, interest } }: { readonly detail: ArrearsDetail }) {
  const words = useWords();
  const { t, money, day } = words;
  return (
    <Figures>
      <Figure
        label={t('arrears-case.due')}
        value={money(one.dueCents, one.currency)}
        tone={one.dueCents > 0 ? 'bad' : 'good'}
      />
      <Figure label={t('arrears-case.gross')} value={money(one.grossCents, one.currency)} />
      {interest.chargedCents > 0 && (
        <Figure label={t('arrears-case.interest')} value={money(interest.chargedCents, one.currency)} />
      )}
      <Figure label={t('arrears-case.cause')} value={causeText(words, one.cause, one.currency)} />
      {one.claimLapsesAt !== null && (
        <Figure
          label={t('arrears-case.lapses')}
          value={day(one.claimLapsesAt)}
          help={t('arrears-case.lapses.help')}
          tone={one.needs.includes('hand-over') ? 'bad' : 'plain'}
        />
      )}
    </Figures>
  );
}

function HowToPay({ detail }: { readonly detail: ArrearsDetail }) {
  const { t } = useWords();
  const { iban, issuerName, issuerEmail, reference } = detail.howToPay;
  const text =
    detail.case.dueCents <= 0
      ? t('arrears-case.pay.settled')
      : iban === null
        ? t('arrears-case.pay.write', { email: issuerEmail, reference: detail.case.number })
        : t('arrears-case.pay.transfer', { iban: ibanInFours(iban), name: issuerName, reference });
  return (
    <Section title={t('arrears-case.pay')}>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {text}
      </Text>
    </Section>
  );
}
