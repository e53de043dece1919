import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';

import type {
  Receipt,
  Adjustment,
  ArrearsCase,
  ArrearsDetail,
  BankIssuer,
  BankLine,
  BankLineState,
  Calendar,
  Checkout,
  CalendarDetail,
  Card,
  ChargerClock,
  ChargerCommand,
  ChargerCommandDetail,
  ChargerFramePage,
  ChargerDetail,
  ChargerList,
  ChargerCertificate,
  ChargerSecurity,
  Circuits,
  Customer,
  CustomerDetail,
  CustomerMonthDetail,
  DebitWeek,
  Enrolment,
  Explanation,
  Installation,
  InstallationDetail,
  InstallationSecurity,
  Invoice,
  FiscalDocument,
  FiscalDocumentDetail,
  Issuers,
  LedgerCheck,
  LedgerOverview,
  Mail,
  Money,
  Month,
  MonthBill,
  MonthDetail,
  Oddity,
  OfflineRuleSetting,
  OwedList,
  OpenInvoice,
  Page,
  Prepaid,
  DebtRow,
  Payout,
  PayoutLine,
  PayoutPolicyRule,
  PriceSeries,
  SeriesOverview,
  SepaBatch,
  SepaMandateState,
  SepaTerms,
  Session,
  Spot,
  StatementPage,
  StoredMandate,
  Tariff,
  TariffDetail,
} from '#apps/backoffice/api-types.js';

import { ApiError } from './problem.js';
import { query, read } from './request.js';

const PAGE_SIZE = 100;
/** A list that is drawn whole (a month's invoices, an installation's spots) is read up to this many pages. */
const WHOLE_PAGES = 50;

/** The whole of a paged list. */
async function readAll<T>(path: string, filters: Record<string, string>, signal: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < WHOLE_PAGES; page += 1) {
    const answer: Page<T> = await read<Page<T>>(path + query({ ...filters, limit: PAGE_SIZE, cursor }), signal);
    items.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  return items;
}

function paged<T>(key: readonly unknown[], path: string, filters: Readonly<Record<string, string | null>>) {
  return infiniteQueryOptions({
    queryKey: [...key, filters],
    queryFn: ({ pageParam, signal }) =>
      read<Page<T>>(path + query({ ...filters, limit: PAGE_SIZE, cursor: pageParam }), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });
}

/** Who is signed in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await read<Session>('/session', signal);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
});

/** Nothing that one person saw is left for the next; who is signed in is watched and only ever replaced. */
export function forgetAll(client: QueryClient): void {
  client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] });
}

export const installationsQuery = queryOptions({
  queryKey: ['installations'],
  queryFn: ({ signal }) => readAll<Installation>('/installations', {}, signal),
});

export const installationQuery = (id: string) =>
  queryOptions({
    queryKey: ['installation', id],
    queryFn: ({ signal }) => read<InstallationDetail>(`/installations/${encodeURIComponent(id)}`, signal),
  });

export const spotsQuery = (id: string) =>
  queryOptions({
    queryKey: ['spots', id],
    queryFn: ({ signal }) => readAll<Spot>(`/installations/${encodeURIComponent(id)}/spots`, {}, signal),
  });

export const chargerQuery = (id: string) =>
  queryOptions({
    queryKey: ['charger', id],
    queryFn: ({ signal }) => read<ChargerDetail>(`/chargers/${encodeURIComponent(id)}`, signal),
  });

export const chargerSecurityQuery = (id: string) =>
  queryOptions({
    queryKey: ['charger', id, 'security'],
    queryFn: ({ signal }) => read<ChargerSecurity>(`/chargers/${encodeURIComponent(id)}/security`, signal),
  });

export const chargerCertificateQuery = (id: string) =>
  queryOptions({
    queryKey: ['charger', id, 'certificate'],
    queryFn: ({ signal }) => read<ChargerCertificate>(`/chargers/${encodeURIComponent(id)}/certificate`, signal),
  });

export const enrolmentQuery = (id: string) =>
  queryOptions({
    queryKey: ['enrolment', id],
    queryFn: ({ signal }) => read<Enrolment>(`/installations/${encodeURIComponent(id)}/enrolment`, signal),
    // Whoever waits for a charger to come looks at this.
    refetchInterval: (query) => ((query.state.data?.window ?? null) === null ? false : 5_000),
  });

export const installationSecurityQuery = (id: string) =>
  queryOptions({
    queryKey: ['installation', id, 'security'],
    queryFn: ({ signal }) => read<InstallationSecurity>(`/installations/${encodeURIComponent(id)}/security`, signal),
  });

/** What a charger was asked for, newest first, page by page. */
export const chargerCommandsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['charger-commands', id],
    queryFn: ({ pageParam, signal }) =>
      read<Page<ChargerCommand>>(
        `/chargers/${encodeURIComponent(id)}/commands${query({ limit: 20, cursor: pageParam })}`,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** One command with what the charger has told about it since; a report comes in parts. */
export const chargerCommandQuery = (id: string, commandId: string) =>
  queryOptions({
    queryKey: ['charger-command', id, commandId],
    queryFn: ({ signal }) =>
      read<ChargerCommandDetail>(`/chargers/${encodeURIComponent(id)}/commands/${commandId}`, signal),
    refetchInterval: 5_000,
  });

export interface FrameFilter {
  readonly from: string | null;
  readonly to: string | null;
  readonly direction: string | null;
  readonly action: string | null;
  readonly transaction: string | null;
  readonly find: string;
}

export const chargerFramesQuery = (id: string, filter: FrameFilter) =>
  infiniteQueryOptions({
    queryKey: ['charger-frames', id, filter],
    queryFn: ({ pageParam, signal }) =>
      read<ChargerFramePage>(
        `/chargers/${encodeURIComponent(id)}/frames${query({ ...filter, limit: 20, cursor: pageParam })}`,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const chargerClockQuery = (id: string) =>
  queryOptions({
    queryKey: ['charger-clock', id],
    queryFn: ({ signal }) => read<ChargerClock>(`/chargers/${encodeURIComponent(id)}/clock`, signal),
  });

export const circuitsQuery = (id: string) =>
  queryOptions({
    queryKey: ['circuits', id],
    queryFn: ({ signal }) => read<Circuits>(`/installations/${encodeURIComponent(id)}/circuits`, signal),
    // What flows moves with every reading.
    refetchInterval: 5_000,
  });

export const odditiesQuery = (id: string) =>
  queryOptions({
    queryKey: ['oddities', id],
    queryFn: ({ signal }) => readAll<Oddity>(`/installations/${encodeURIComponent(id)}/oddities`, {}, signal),
  });

export const monthsQuery = (filters: { installation: string | null; period: string | null }) =>
  paged<Month>(['months'], '/months', filters);

export const monthQuery = (cycleId: string) =>
  queryOptions({
    queryKey: ['month', cycleId],
    queryFn: ({ signal }) => read<MonthDetail>(`/months/${encodeURIComponent(cycleId)}`, signal),
  });

export const monthInvoicesQuery = (cycleId: string) =>
  queryOptions({
    queryKey: ['month-invoices', cycleId],
    queryFn: ({ signal }) => readAll<Invoice>(`/months/${encodeURIComponent(cycleId)}/invoices`, {}, signal),
  });

export const monthBillQuery = (cycleId: string) =>
  queryOptions({
    queryKey: ['month-bill', cycleId],
    queryFn: ({ signal }) => read<MonthBill>(`/months/${encodeURIComponent(cycleId)}/bill`, signal),
  });

export const monthAdjustmentsQuery = (cycleId: string) =>
  queryOptions({
    queryKey: ['month-adjustments', cycleId],
    queryFn: ({ signal }) => readAll<Adjustment>(`/months/${encodeURIComponent(cycleId)}/adjustments`, {}, signal),
  });

/** Cards of an installation or a customer, page by page. */
export const cardsQuery = (filters: {
  readonly installation: string | null;
  readonly customer: string | null;
  readonly q: string | null;
}) => paged<Card>(['cards'], '/tokens', filters);

/** What chargers of an installation do with unknown cards while they cannot ask. */
export const offlineRuleQuery = (id: string) =>
  queryOptions({
    queryKey: ['offline-rule', id],
    queryFn: ({ signal }) => read<OfflineRuleSetting>(`/installations/${encodeURIComponent(id)}/offline-rule`, signal),
  });

/** The list of cards that a charger keeps. */
export const chargerListQuery = (id: string) =>
  queryOptions({
    queryKey: ['charger-list', id],
    queryFn: ({ signal }) => read<ChargerList>(`/chargers/${encodeURIComponent(id)}/local-list`, signal),
    // It follows every change of a card, of which nobody tells.
    refetchInterval: 10_000,
  });

export const customersQuery = (filters: { installation: string | null; q: string | null }) =>
  paged<Customer>(['customers'], '/customers', filters);

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: ['customer', id],
    queryFn: ({ signal }) => read<CustomerDetail>(`/customers/${encodeURIComponent(id)}`, signal),
  });

/** A prepaid account: what is left of it, its rules, what is under way. */
export const prepaidQuery = (id: string) =>
  queryOptions({
    queryKey: ['prepaid', id],
    queryFn: ({ signal }) => read<Prepaid>(`/customers/${encodeURIComponent(id)}/prepaid`, signal),
  });

/** What a customer owes, has paid ahead and has under way, and how it can be paid. */
export const moneyQuery = (id: string) =>
  queryOptions({
    queryKey: ['customer-money', id],
    queryFn: ({ signal }) => read<Money>(`/customers/${encodeURIComponent(id)}/money`, signal),
  });

/** How a payment on the provider's page stands. */
export const checkoutQuery = (id: string, checkoutId: string) =>
  queryOptions({
    queryKey: ['checkout', id, checkoutId],
    queryFn: ({ signal }) =>
      read<Checkout>(`/customers/${encodeURIComponent(id)}/checkouts/${encodeURIComponent(checkoutId)}`, signal),
  });

/** What moved for a customer between two days, half-open, page by page. */
export const statementQuery = (id: string, span: { from: string; to: string }) =>
  infiniteQueryOptions({
    queryKey: ['statement', id, span],
    queryFn: ({ pageParam, signal }) =>
      read<StatementPage>(
        `/customers/${encodeURIComponent(id)}/statement${query({ ...span, limit: 50, cursor: pageParam })}`,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

/** What the debits of seven days come to, and the limit of a new account. */
export const debitWeekQuery = queryOptions({
  queryKey: ['debit-week'],
  queryFn: ({ signal }) => read<DebitWeek>('/system/debit-week', signal),
});

export const customerMonthQuery = (id: string, cycleId: string) =>
  queryOptions({
    queryKey: ['customer-month', id, cycleId],
    queryFn: ({ signal }) =>
      read<CustomerMonthDetail>(`/customers/${encodeURIComponent(id)}/months/${encodeURIComponent(cycleId)}`, signal),
  });

/** Why a rated line has its amount, page by page; it is of a month that was rated and seldom changes. */
export const explanationQuery = (lineId: string) =>
  infiniteQueryOptions({
    queryKey: ['explanation', lineId],
    queryFn: ({ pageParam, signal }) =>
      read<Explanation>(
        `/rated-lines/${encodeURIComponent(lineId)}/explanation${query({ cursor: pageParam })}`,
        signal,
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
  });

export const tariffsQuery = queryOptions({
  queryKey: ['tariffs'],
  queryFn: ({ signal }) => readAll<Tariff>('/tariffs', {}, signal),
});

export const tariffQuery = (installationId: string) =>
  queryOptions({
    queryKey: ['tariff', installationId],
    queryFn: ({ signal }) => read<TariffDetail>(`/tariffs/${encodeURIComponent(installationId)}`, signal),
  });

export const calendarsQuery = queryOptions({
  queryKey: ['calendars'],
  queryFn: ({ signal }) => readAll<Calendar>('/calendars', {}, signal),
});

export const calendarQuery = (id: string) =>
  queryOptions({
    queryKey: ['calendar', id],
    queryFn: ({ signal }) => read<CalendarDetail>(`/calendars/${encodeURIComponent(id)}`, signal),
  });

export const priceSeriesQuery = queryOptions({
  queryKey: ['price-series'],
  queryFn: ({ signal }) => readAll<PriceSeries>('/price-series', {}, signal),
});

export const mailsQuery = (filters: { installation: string | null }) => paged<Mail>(['mails'], '/mails', filters);

export const seriesQuery = queryOptions({
  queryKey: ['series'],
  queryFn: ({ signal }) => read<SeriesOverview>('/series', signal),
});

export const documentsQuery = (filters: { number: string }) =>
  paged<FiscalDocument>(['documents'], '/documents', filters);

export const documentQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['documents', documentId],
    queryFn: ({ signal }) => read<FiscalDocumentDetail>(`/documents/${encodeURIComponent(documentId)}`, signal),
  });

export const arrearsQuery = (filters: { need: string | null; open: string | null }) =>
  paged<ArrearsCase>(['arrears'], '/arrears', filters);

/** Unpaid invoices of one customer that are chased. */
export const customerReceiptsQuery = (id: string) =>
  queryOptions({
    queryKey: ['customer', id, 'receipts'],
    queryFn: ({ signal }) => readAll<Receipt>(`/customers/${encodeURIComponent(id)}/receipts`, {}, signal),
  });

export const customerArrearsQuery = (customer: string) =>
  queryOptions({
    queryKey: ['arrears', 'customer', customer],
    queryFn: ({ signal }) => readAll<ArrearsCase>('/arrears', { customer, open: 'true' }, signal),
  });

export const arrearsCaseQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['arrears-case', documentId],
    queryFn: ({ signal }) => read<ArrearsDetail>(`/arrears/${encodeURIComponent(documentId)}`, signal),
  });

export const issuersQuery = queryOptions({
  queryKey: ['issuers'],
  queryFn: ({ signal }) => read<Issuers>('/issuers', signal),
});

export const ledgerQuery = queryOptions({
  queryKey: ['ledger'],
  queryFn: ({ signal }) => read<LedgerOverview>('/ledger', signal),
});

/** Looks through all of the books: asked for by a person. */
export const ledgerCheckQuery = queryOptions({
  queryKey: ['ledger', 'check'],
  queryFn: ({ signal }) => read<LedgerCheck>('/ledger/check', signal),
});

/** What would be paid out to each condominium now. */
export const owedQuery = queryOptions({
  queryKey: ['payouts', 'owed'],
  queryFn: ({ signal }) => read<OwedList>('/payouts/owed', signal),
});

export const payoutsQuery = queryOptions({
  queryKey: ['payouts', 'all'],
  queryFn: ({ signal }) => readAll<Payout>('/payouts', {}, signal),
});

/** Who owes a condominium, since when. */
export const debtsQuery = (condominiumId: string) =>
  queryOptions({
    queryKey: ['debts', condominiumId],
    queryFn: ({ signal }) => readAll<DebtRow>(`/condominiums/${encodeURIComponent(condominiumId)}/debts`, {}, signal),
  });

/** Proposals that wait for somebody to approve them. */
export const payoutProposalsQuery = queryOptions({
  queryKey: ['payouts', 'proposed'],
  queryFn: ({ signal }) => readAll<Payout>('/payouts', { state: 'proposed' }, signal),
});

export const payoutPoliciesQuery = queryOptions({
  queryKey: ['payouts', 'policies'],
  queryFn: ({ signal }) => readAll<PayoutPolicyRule>('/payout-policies', {}, signal),
});

export const payoutLinesQuery = (payoutId: string) =>
  queryOptions({
    queryKey: ['payouts', payoutId, 'lines'],
    queryFn: ({ signal }) => readAll<PayoutLine>(`/payouts/${encodeURIComponent(payoutId)}/lines`, {}, signal),
  });

export const bankIssuersQuery = queryOptions({
  queryKey: ['bank', 'issuers'],
  queryFn: async ({ signal }) => (await read<{ items: BankIssuer[] }>('/bank/issuers', signal)).items,
});

export const bankLinesQuery = (issuerId: string, state: BankLineState) =>
  infiniteQueryOptions({
    queryKey: ['bank', 'lines', issuerId, state],
    queryFn: ({ pageParam, signal }) =>
      read<Page<BankLine>>(`/bank/lines${query({ issuerId, state, cursor: pageParam })}`, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const openInvoicesQuery = (issuerId: string, words: string) =>
  queryOptions({
    queryKey: ['bank', 'open-invoices', issuerId, words],
    queryFn: async ({ signal }) =>
      (await read<{ items: OpenInvoice[] }>(`/bank/open-invoices${query({ issuerId, words })}`, signal)).items,
    placeholderData: (before) => before,
  });

export const sepaBatchesQuery = (issuerId: string) =>
  queryOptions({
    queryKey: ['sepa', 'batches', issuerId],
    queryFn: async ({ signal }) =>
      (await read<Page<SepaBatch>>(`/sepa/batches${query({ issuerId, limit: 50 })}`, signal)).items,
  });

/** The terms on which an issuer collects through its own bank, the latest first. */
export const sepaTermsQuery = (issuerId: string) =>
  queryOptions({
    queryKey: ['sepa', 'terms', issuerId],
    queryFn: ({ signal }) => readAll<SepaTerms>('/sepa/creditors', { issuerId }, signal),
  });

export const sepaMandatesQuery = (issuerId: string, filters: { state: SepaMandateState; words: string }) =>
  paged<StoredMandate>(['sepa', 'mandates', issuerId], '/sepa/mandates', { issuerId, ...filters });
