import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { askCharger } from '#libs/commands/ask-charger.js';
import { ROLES, type Role } from '#libs/identity/permissions.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import {
  ADJUSTMENT_DECISION_NAMES,
  adjustmentPageSchema,
  adjustmentSchema,
  adoptedSchema,
  ARREARS_ACTIONS,
  arrearsDetailSchema,
  arrearsPageSchema,
  calendarDetailSchema,
  calendarPageSchema,
  cardPageSchema,
  cardSchema,
  chargerCommandPageSchema,
  chargerCommandSchema,
  chargerListSchema,
  changedPasswordSchema,
  chargerClockSchema,
  chargerFramePageSchema,
  chargerCertificateSchema,
  chargerFrameSchema,
  chargerPageSchema,
  chargerSecuritySchema,
  chargerSchema,
  checkoutSchema,
  circuitsSchema,
  COLLECTION_ACTIONS,
  collectionAnswerSchema,
  customerDetailSchema,
  customerMonthDetailSchema,
  customerPageSchema,
  debitWeekSchema,
  decidedSchema,
  differencesSchema,
  enrolmentSchema,
  fiscalDocumentDetailSchema,
  fiscalDocumentPageSchema,
  receiptPageSchema,
  seriesOverviewSchema,
  explanationSchema,
  importAnswerSchema,
  installationDetailSchema,
  installationPageSchema,
  installationSecuritySchema,
  invoicePageSchema,
  issuersSchema,
  ledgerCheckSchema,
  ledgerOverviewSchema,
  openedEnrolmentSchema,
  owedListSchema,
  passwordByHandSchema,
  renewedCertificateSchema,
  debtPageSchema,
  payoutFileSchema,
  payoutLinePageSchema,
  payoutPageSchema,
  payoutPolicyPageSchema,
  payoutPolicySchema,
  payoutSchema,
  mailPageSchema,
  offlineRuleSchema,
  moneySchema,
  MONTH_ACTIONS,
  monthBillSchema,
  monthPageSchema,
  monthSchema,
  oddityPageSchema,
  odditySchema,
  prepaidSchema,
  priceSeriesPageSchema,
  problemSchema,
  readingSchema,
  refundPageSchema,
  sessionSchema,
  spotPageSchema,
  startedMonthSchema,
  statementSchema,
  systemSchema,
  tariffDetailSchema,
  tariffPageSchema,
} from './api-types.js';
import { runApi, type Caller, type RunningApi } from './testing/running-api.js';
import { aCalendar, aPriceList, aRetailerInvoice } from './testing/tariff-world.js';
import { addFile, addTenant, type Tenant } from './testing/world.js';

interface Endpoint {
  readonly name: string;
  readonly path: (tenant: Tenant) => string;
  /** Of one with a body; POST when not given. */
  readonly method?: 'PUT';
  /** Null for a GET. */
  readonly body?: (tenant: Tenant) => unknown;
  readonly schema: z.ZodType;
  /** Who gets their own tenant's: everybody else gets 403. */
  readonly roles: readonly Role[];
  /** What a stranger of another condominium gets: 404, or a list without anything of theirs. */
  readonly strangers: 'not-found' | 'empty' | 'invalid';
  readonly status?: number;
  /** Puts the world right for their own. */
  readonly before?: () => Promise<unknown>;
  /** What must be in the answer of those who may see it, to be sure that it is not empty. */
  readonly shows: (tenant: Tenant) => string;
}

const STAFF: readonly Role[] = ['administrator', 'staff'];
const READERS: readonly Role[] = [...STAFF, 'manager', 'resident'];
const EVERYBODY: readonly Role[] = ROLES;

const command = (noun: string, key: 'cycleId' | 'documentId', action: string): Endpoint => ({
  name: `POST /${noun}/:${key}/${action}`,
  path: (tenant) => `/api/v1/${noun}/${tenant[key]}/${action}`,
  body: () => ({ reason: 'porque sim' }),
  schema: noun === 'months' ? monthSchema : collectionAnswerSchema,
  roles: STAFF,
  strangers: 'not-found',
  shows: (tenant) => tenant[key],
});

const PAYERS: readonly Role[] = [...STAFF, 'resident'];
const MANDATE_ID = '00000000-0000-7000-8000-000000000000';

const unconfigured = (deed: string, roles: readonly Role[], body: object): Endpoint => ({
  name: `POST /customers/:id/${deed}`,
  path: (tenant) => `/api/v1/customers/${tenant.customerId}/${deed.replace(':mandateId', MANDATE_ID)}`,
  body: () => body,
  schema: problemSchema,
  roles,
  strangers: 'not-found',
  status: 503,
  shows: () => 'STRIPE_SECRET_KEY',
});

/** A payment of each tenant's customer that is over, by customer. */
const checkoutIds = new Map<string, string>();

async function addCheckout({ customerId }: Tenant): Promise<void> {
  const money = { purpose: 'top-up', amount_cents: 100, currency: 'EUR', state: 'expired' };
  const { id } = await database.sql
    .insertInto('checkout')
    .values({ ...money, customer_id: customerId, key: 'k', return_url: '', created_by: 'x', created_at: new Date() })
    .returning('id')
    .executeTakeFirstOrThrow();
  checkoutIds.set(customerId, id);
}

const COMMANDERS: readonly Role[] = [...STAFF, 'installer'];
const CHARGER_READERS: readonly Role[] = [...COMMANDERS, 'manager'];

/** A command to each tenant's charger, by charger. */
const commandIds = new Map<string, string>();

/** A frame of each tenant's charger. */
const frameIds = new Map<string, string>();

async function addCommand({ chargerId }: Tenant): Promise<void> {
  const command = { kind: 'clear-cache' } as const;
  const asked = await askCharger(database.sql, { chargerId, command, by: 'x', key: chargerId, now: new Date() });
  if ('ok' in asked) commandIds.set(chargerId, asked.ok.id);
  const frame = { charger_id: chargerId, at: new Date(), kind: 'asked', action: 'ClearCache', outcome: 'answer' };
  const { id } = await database.sql
    .insertInto('charger_frame')
    .values({ ...frame, payload: { of: chargerId } })
    .returning('id')
    .executeTakeFirstOrThrow();
  frameIds.set(chargerId, `f${id}`);
}

/** A charger that waits at each tenant's installation, by installation. */
const candidateIds = new Map<string, string>();

async function addCandidate({ installationId }: Tenant): Promise<void> {
  const now = new Date();
  const window = await database.sql
    .insertInto('enrolment_window')
    .values({
      installation_id: installationId,
      code_hash: installationId,
      most: 1,
      opened_by: 'x',
      opened_at: now,
      until: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await database.sql
    .insertInto('enrolment_candidate')
    .values({
      window_id: window.id,
      installation_id: installationId,
      charger_id: `new-${installationId}`,
      label: 'x',
      password_hash: 'x',
      has_shared_password: false,
      profile: 1,
      protocol: 'ocpp1.6',
      first_seen_at: now,
      last_seen_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  candidateIds.set(installationId, id);
}

/** Nobody has decided, and nothing was made of it. */
async function adoptAgain(): Promise<void> {
  const { sql } = database;
  await sql.deleteFrom('charger_placement').where('charger_id', 'like', 'new-%').execute();
  await sql.deleteFrom('charger').where('id', 'like', 'new-%').execute();
  await sql.updateTable('enrolment_candidate').set({ state: 'waiting' }).execute();
}

const charger = (
  name: string,
  schema: z.ZodType,
  shows: (tenant: Tenant) => string = ({ chargerId }) => chargerId,
): Endpoint => ({
  name,
  path: ({ chargerId }) =>
    name
      .replace('GET ', '/api/v1')
      .replace(':commandId', commandIds.get(chargerId) ?? '')
      .replace(':frame', frameIds.get(chargerId) ?? '')
      .replace(':id', chargerId),
  schema,
  roles: CHARGER_READERS,
  strangers: 'not-found',
  shows,
});

async function addCertificate({ chargerId }: Tenant): Promise<void> {
  const span = { not_before: new Date('2026-01-01T00:00:00Z'), not_after: new Date('2126-01-01T00:00:00Z') };
  const { id } = await database.sql
    .insertInto('certificate_authority')
    .values({
      name: 'CA',
      certificate: 'pem',
      sealed_key: 'x',
      fingerprint: 'x',
      created_by: 'x',
      created_at: span.not_before,
      ...span,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const own = {
    charger_id: chargerId,
    authority_id: id,
    serial: chargerId,
    fingerprint: chargerId,
    certificate: 'pem',
  };
  await database.sql
    .insertInto('charger_certificate')
    .values({ ...own, csr_digest: 'x', key_digest: 'x', issued_at: span.not_before, ...span })
    .execute();
}

const CHARGERS: readonly Endpoint[] = [
  { ...charger('GET /chargers', chargerPageSchema), strangers: 'empty' },
  charger('GET /chargers/:id', chargerSchema),
  charger('GET /chargers/:id/commands', chargerCommandPageSchema),
  charger(
    'GET /chargers/:id/commands/:commandId',
    chargerCommandSchema,
    ({ chargerId }) => commandIds.get(chargerId) ?? '',
  ),
  charger('GET /chargers/:id/security', chargerSecuritySchema),
  {
    name: 'PUT /chargers/:id/security',
    path: ({ chargerId }) => `/api/v1/chargers/${chargerId}/security`,
    method: 'PUT',
    before: () => database.sql.updateTable('charger').set({ password_hash: 'x' }).execute(),
    body: () => ({ profile: 1 }),
    schema: chargerSecuritySchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    shows: ({ chargerId }) => chargerId,
  },
  charger('GET /chargers/:id/certificate', chargerCertificateSchema),
  {
    name: 'POST /chargers/:id/certificate/renew',
    path: ({ chargerId }) => `/api/v1/chargers/${chargerId}/certificate/renew`,
    body: () => ({}),
    schema: renewedCertificateSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    status: 202,
    shows: ({ chargerId }) => chargerId,
  },
  {
    name: 'POST /chargers/:id/certificate/revoke',
    path: ({ chargerId }) => `/api/v1/chargers/${chargerId}/certificate/revoke`,
    before: () => database.sql.updateTable('charger_certificate').set({ revoked_at: null }).execute(),
    body: () => ({ reason: 'stolen' }),
    schema: chargerCertificateSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    shows: ({ chargerId }) => chargerId,
  },
  {
    name: 'POST /chargers/:id/password',
    path: ({ chargerId }) => `/api/v1/chargers/${chargerId}/password`,
    before: () => database.sql.deleteFrom('charger_password').execute(),
    body: () => ({}),
    schema: changedPasswordSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    status: 202,
    shows: ({ chargerId }) => chargerId,
  },
  {
    name: 'PUT /chargers/:id/password',
    path: ({ chargerId }) => `/api/v1/chargers/${chargerId}/password`,
    method: 'PUT',
    before: () => database.sql.deleteFrom('charger_password').execute(),
    body: () => ({}),
    schema: passwordByHandSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    shows: ({ chargerId }) => chargerId,
  },
  {
    name: 'GET /installations/:id/enrolment',
    path: ({ installationId }) => `/api/v1/installations/${installationId}/enrolment`,
    schema: enrolmentSchema,
    roles: CHARGER_READERS,
    strangers: 'not-found',
    shows: ({ installationId }) => installationId,
  },
  {
    name: 'PUT /installations/:id/enrolment',
    path: ({ installationId }) => `/api/v1/installations/${installationId}/enrolment`,
    method: 'PUT',
    body: () => ({}),
    schema: openedEnrolmentSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    shows: ({ installationId }) => installationId,
  },
  {
    name: 'POST /installations/:id/enrolment/close',
    path: ({ installationId }) => `/api/v1/installations/${installationId}/enrolment/close`,
    body: () => ({}),
    schema: enrolmentSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    shows: ({ installationId }) => installationId,
  },
  {
    name: 'POST /enrolment/:candidateId/refuse',
    path: ({ installationId }) => `/api/v1/enrolment/${candidateIds.get(installationId)}/refuse`,
    body: () => ({}),
    schema: enrolmentSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    shows: ({ installationId }) => installationId,
  },
  {
    name: 'POST /enrolment/:candidateId/adopt',
    path: ({ installationId }) => `/api/v1/enrolment/${candidateIds.get(installationId)}/adopt`,
    before: adoptAgain,
    body: () => ({ spot: 'novo' }),
    schema: adoptedSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    shows: ({ installationId }) => installationId,
  },
  {
    name: 'GET /installations/:id/security',
    path: ({ installationId }) => `/api/v1/installations/${installationId}/security`,
    schema: installationSecuritySchema,
    roles: CHARGER_READERS,
    strangers: 'not-found',
    shows: ({ installationId }) => installationId,
  },
  {
    name: 'PUT /installations/:id/security',
    path: ({ installationId }) => `/api/v1/installations/${installationId}/security`,
    method: 'PUT',
    body: () => ({ allowUnsecured: false }),
    schema: installationSecuritySchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: ({ installationId }) => installationId,
  },
  {
    name: 'POST /chargers/:id/commands',
    path: ({ chargerId }) => `/api/v1/chargers/${chargerId}/commands`,
    body: () => ({ command: { kind: 'clear-cache' } }),
    schema: chargerCommandSchema,
    roles: COMMANDERS,
    strangers: 'not-found',
    status: 202,
    shows: ({ chargerId }) => chargerId,
  },
  { ...charger('GET /chargers/:id/frames', chargerFramePageSchema), roles: COMMANDERS },
  { ...charger('GET /chargers/:id/frames/log', chargerFrameSchema), roles: COMMANDERS },
  { ...charger('GET /chargers/:id/frames/:frame', chargerFrameSchema), roles: COMMANDERS },
  charger('GET /chargers/:id/clock', chargerClockSchema, () => 'entries'),
  {
    name: 'POST /chargers/:id/clock',
    path: ({ chargerId }) => `/api/v1/chargers/${chargerId}/clock`,
    body: () => ({ offsetS: 0, from: '2026-06-01T00:00:00Z', reason: 'x' }),
    schema: chargerClockSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'entries',
  },
];

/** A card of each tenant's customer, by customer. */
const cardIds = new Map<string, string>();

async function addCard({ installationId, customerId }: Tenant): Promise<void> {
  const { id } = await database.sql
    .insertInto('token')
    .values({ installation_id: installationId, customer_id: customerId, id_tag: `CARD-${customerId}` })
    .returning('id')
    .executeTakeFirstOrThrow();
  cardIds.set(customerId, id);
}

const setCards = (status: 'active' | 'blocked') => () => database.sql.updateTable('token').set({ status }).execute();

const card = (method: 'PUT' | 'POST', deed: string, more: Partial<Endpoint>): Endpoint => ({
  name: `${method} /tokens/:id${deed}`,
  path: ({ customerId }) => `/api/v1/tokens/${cardIds.get(customerId)}${deed}`,
  ...(method === 'PUT' ? { method } : {}),
  body: () => ({ reason: 'porque sim' }),
  schema: cardSchema,
  roles: STAFF,
  strangers: 'not-found',
  shows: ({ customerId }) => cardIds.get(customerId) ?? '',
  ...more,
});

const offlineRule = (method: 'GET' | 'PUT', more: Partial<Endpoint>): Endpoint => ({
  name: `${method} /installations/:id/offline-rule`,
  path: ({ installationId }) => `/api/v1/installations/${installationId}/offline-rule`,
  schema: offlineRuleSchema,
  roles: CHARGER_READERS,
  strangers: 'not-found',
  shows: () => 'refuse',
  ...more,
});

const CARDS: readonly Endpoint[] = [
  {
    name: 'GET /tokens',
    path: ({ customerId }) => `/api/v1/tokens?customer=${customerId}`,
    schema: cardPageSchema,
    roles: READERS,
    strangers: 'empty',
    shows: ({ customerId }) => cardIds.get(customerId) ?? '',
  },
  {
    name: 'POST /installations/:id/tokens',
    path: ({ installationId }) => `/api/v1/installations/${installationId}/tokens`,
    body: ({ customerId }) => ({ idTag: randomUUID(), customerId }),
    schema: cardSchema,
    status: 201,
    roles: STAFF,
    strangers: 'not-found',
    shows: ({ customerId }) => customerId,
  },
  card('PUT', '', { body: ({ customerId }) => ({ customerId }) }),
  card('POST', '/block', { before: setCards('active') }),
  card('POST', '/unblock', { before: setCards('blocked') }),
  offlineRule('GET', {}),
  offlineRule('PUT', { method: 'PUT', body: () => ({ unknownWhenOffline: 'refuse' }), roles: STAFF }),
  charger('GET /chargers/:id/local-list', chargerListSchema, () => 'list'),
];

const checkout = (deed: 'GET' | 'POST', roles: readonly Role[]): Endpoint => {
  const end = deed === 'GET' ? '' : '/refresh';
  return {
    name: `${deed} /customers/:id/checkouts/:checkoutId${end}`,
    path: ({ customerId }) => `/api/v1/customers/${customerId}/checkouts/${checkoutIds.get(customerId)}${end}`,
    ...(deed === 'GET' ? {} : { body: () => ({}) }),
    schema: checkoutSchema,
    roles,
    strangers: 'not-found',
    shows: ({ customerId }) => checkoutIds.get(customerId) ?? '',
  };
};

/** A reading of each tenant's charger, by charger. */
const readingIds = new Map<string, number>();

async function addReading({ chargerId }: Tenant): Promise<void> {
  const { sql } = database;
  const at = new Date('2026-07-15T10:00:00Z');
  const told = {
    charger_id: chargerId,
    received_at: at,
    message_id: 'm',
    action: 'MeterValues',
    key: `read/${chargerId}`,
  };
  const message = await sql
    .insertInto('ocpp_message')
    .values({ ...told, payload: {}, answer: {} })
    .returning('id')
    .executeTakeFirstOrThrow();
  const reading = { charger_id: chargerId, connector_id: 1, at, import_wh: 0, context: 'x', message_id: message.id };
  const { id } = await sql.insertInto('meter_reading').values(reading).returning('id').executeTakeFirstOrThrow();
  readingIds.set(chargerId, id);
}

/** A rule for each condominium. */
async function addPolicies(): Promise<void> {
  await database.sql
    .insertInto('payout_policy')
    .columns(['condominium_id', 'valid_from'])
    .expression((eb) => eb.selectFrom('condominium').select(['id', eb.val('2026-01-01').as('valid_from')]))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function debitUnderWay({ documentId }: Tenant): Promise<void> {
  await database.sql
    .insertInto('payment_attempt')
    .values({
      document_id: documentId,
      attempt_no: 77,
      method: 'stripe-sepa',
      amount_cents: 1,
      state: 'processing',
    })
    .onConflict((conflict) => conflict.columns(['document_id', 'attempt_no']).doNothing())
    .execute();
}

const ENDPOINTS: readonly Endpoint[] = [
  ...CHARGERS,
  ...CARDS,
  {
    name: 'GET /documents',
    path: () => '/api/v1/documents',
    schema: fiscalDocumentPageSchema,
    roles: READERS,
    strangers: 'empty',
    shows: (tenant) => tenant.documentId,
  },
  {
    name: 'GET /documents/:documentId',
    path: (tenant) => `/api/v1/documents/${tenant.documentId}`,
    schema: fiscalDocumentDetailSchema,
    roles: READERS,
    strangers: 'not-found',
    shows: (tenant) => tenant.documentId,
  },
  {
    name: 'POST /documents/:documentId/reissue',
    path: (tenant) => `/api/v1/documents/${tenant.documentId}/reissue`,
    body: () => ({}),
    // It was not given back: how it is issued again is told in documents-api.test.ts.
    schema: problemSchema,
    status: 409,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'not-reissued',
  },
  {
    name: 'POST /documents/:documentId/credit-note',
    path: (tenant) => `/api/v1/documents/${tenant.documentId}/credit-note`,
    body: () => ({ choice: 'whole', reason: 'erro', dryRun: true }),
    // Its invoice has no lines: how one is given back is told in documents-api.test.ts.
    schema: problemSchema,
    status: 409,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'not-credited',
  },
  {
    name: 'GET /payouts',
    path: () => '/api/v1/payouts',
    schema: payoutPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: (tenant) => tenant.payoutId,
  },
  {
    name: 'GET /condominiums/:id/debts',
    path: (tenant) => `/api/v1/condominiums/${tenant.condominiumId}/debts`,
    schema: debtPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: () => 'items',
  },
  {
    name: 'POST /payout-policies',
    path: () => '/api/v1/payout-policies',
    body: ({ condominiumId }) => ({
      condominiumId,
      validFrom: '2030-01-01',
      feePermyriad: 250,
      feePerMonthCents: 0,
      proposeOnDay: 10,
    }),
    schema: payoutPolicySchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: (tenant) => tenant.condominiumId,
  },
  {
    name: 'GET /payout-policies',
    path: () => '/api/v1/payout-policies',
    schema: payoutPolicyPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    before: addPolicies,
    shows: (tenant) => tenant.condominiumId,
  },
  {
    name: 'GET /payouts/owed',
    path: () => '/api/v1/payouts/owed',
    schema: owedListSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: (tenant) => tenant.condominiumId,
  },
  {
    name: 'GET /payouts/:id/lines',
    path: (tenant) => `/api/v1/payouts/${tenant.payoutId}/lines`,
    schema: payoutLinePageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: () => '"cents":100',
  },
  {
    name: 'GET /payouts/:id/statement',
    path: (tenant) => `/api/v1/payouts/${tenant.payoutId}/statement`,
    schema: payoutFileSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: (tenant) => `entrega-${tenant.condominiumId}-1.xlsx`,
  },
  {
    name: 'POST /payouts',
    path: () => '/api/v1/payouts',
    body: ({ condominiumId }) => ({ condominiumId, issuerId: condominiumId.replace('cond-', 'issuer-') }),
    schema: problemSchema,
    roles: STAFF,
    status: 409,
    strangers: 'not-found',
    shows: () => 'payout-own-bank',
  },
  ...(
    [
      ['approve', () => ({})],
      ['file', () => ({ executionDate: '2026-07-20' })],
      ['paid', () => ({ paidOn: '2026-07-20', bankReference: 'TRF 1' })],
    ] as const
  ).map(([deed, body]): Endpoint => ({
    name: `POST /payouts/:id/${deed}`,
    path: (tenant) => `/api/v1/payouts/${tenant.payoutId}/${deed}`,
    body,
    schema: deed === 'file' ? payoutFileSchema : payoutSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: (tenant) => tenant.condominiumId,
  })),
  {
    name: 'POST /payouts/:id/cancel',
    path: (tenant) => `/api/v1/payouts/${tenant.payoutId}/cancel`,
    body: () => ({ reason: 'enganei-me' }),
    schema: problemSchema,
    roles: STAFF,
    status: 409,
    strangers: 'not-found',
    shows: () => 'already',
  },
  {
    name: 'GET /installations',
    path: () => '/api/v1/installations',
    schema: installationPageSchema,
    roles: EVERYBODY,
    strangers: 'empty',
    shows: (tenant) => tenant.installationId,
  },
  {
    name: 'GET /installations/:id',
    path: (tenant) => `/api/v1/installations/${tenant.installationId}`,
    schema: installationDetailSchema,
    roles: EVERYBODY,
    strangers: 'not-found',
    shows: (tenant) => tenant.circuitId,
  },
  {
    name: 'GET /installations/:id/circuits',
    path: (tenant) => `/api/v1/installations/${tenant.installationId}/circuits`,
    schema: circuitsSchema,
    roles: [...STAFF, 'manager', 'installer'],
    strangers: 'not-found',
    shows: (tenant) => tenant.chargerId,
  },
  {
    name: 'PUT /installations/:id/circuits',
    path: (tenant) => `/api/v1/installations/${tenant.installationId}/circuits`,
    method: 'PUT',
    body: () => ({}),
    schema: circuitsSchema,
    roles: [...STAFF, 'installer'],
    strangers: 'not-found',
    shows: (tenant) => tenant.chargerId,
  },
  {
    name: 'POST /circuits/:id/main-meter',
    path: (tenant) => `/api/v1/circuits/${tenant.circuitId}/main-meter`,
    body: () => ({ at: new Date().toISOString(), measures: 'building', l1DeciA: 0, l2DeciA: 0, l3DeciA: 0 }),
    // It has no main meter: how one reports is told in circuits-api.test.ts.
    schema: problemSchema,
    status: 409,
    roles: [...STAFF, 'installer'],
    strangers: 'not-found',
    shows: () => 'no-main-meter',
  },
  {
    name: 'GET /installations/:id/spots',
    path: (tenant) => `/api/v1/installations/${tenant.installationId}/spots`,
    schema: spotPageSchema,
    roles: EVERYBODY,
    strangers: 'not-found',
    shows: (tenant) => tenant.chargerId,
  },
  {
    name: 'GET /installations/:id/oddities',
    path: (tenant) => `/api/v1/installations/${tenant.installationId}/oddities?open=false`,
    schema: oddityPageSchema,
    roles: [...STAFF, 'manager', 'installer'],
    strangers: 'not-found',
    shows: (tenant) => tenant.chargerId,
  },
  {
    name: 'POST /oddities/:id/resolve',
    path: (tenant) => `/api/v1/oddities/${tenant.oddityId}/resolve`,
    body: () => ({}),
    schema: odditySchema,
    roles: [...STAFF, 'installer'],
    strangers: 'not-found',
    shows: (tenant) => tenant.chargerId,
  },
  ...(['disregard', 'restore'] as const).map((kind): Endpoint => ({
    name: `POST /readings/:id/${kind}`,
    path: (tenant) => `/api/v1/readings/${readingIds.get(tenant.chargerId)}/${kind}`,
    body: () => ({ reason: 'o contador falhou' }),
    schema: readingSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: (tenant) => tenant.chargerId,
  })),
  {
    name: 'GET /months',
    path: () => '/api/v1/months',
    schema: monthPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: (tenant) => tenant.cycleId,
  },
  {
    name: 'GET /months?installation=',
    path: (tenant) => `/api/v1/months?installation=${tenant.installationId}&period=2026-06`,
    schema: monthPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: (tenant) => tenant.cycleId,
  },
  {
    name: 'GET /months/:cycleId',
    path: (tenant) => `/api/v1/months/${tenant.cycleId}`,
    schema: monthSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: (tenant) => tenant.excelFileId,
  },
  {
    name: 'GET /months/:cycleId/invoices',
    path: (tenant) => `/api/v1/months/${tenant.cycleId}/invoices`,
    schema: invoicePageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: (tenant) => tenant.invoiceNumber,
  },
  {
    name: 'GET /months/:cycleId/bill',
    path: (tenant) => `/api/v1/months/${tenant.cycleId}/bill`,
    schema: monthBillSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: (tenant) => tenant.cycleId,
  },
  {
    name: 'POST /months/:cycleId/bill',
    path: (tenant) => `/api/v1/months/${tenant.cycleId}/bill`,
    body: () => aRetailerInvoice('FT 2026/77'),
    schema: monthBillSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'FT 2026/77',
  },
  {
    name: 'GET /months/:cycleId/adjustments',
    path: (tenant) => `/api/v1/months/${tenant.cycleId}/adjustments`,
    schema: adjustmentPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: (tenant) => tenant.adjustmentId,
  },
  {
    name: 'POST /months/:cycleId/adjustments',
    path: (tenant) => `/api/v1/months/${tenant.cycleId}/adjustments`,
    body: () => ({}),
    schema: differencesSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'customers',
  },
  ...ADJUSTMENT_DECISION_NAMES.map((decision): Endpoint => ({
    name: `POST /adjustments/:id/${decision}`,
    path: (tenant) => `/api/v1/adjustments/${tenant.adjustmentId}/${decision}`,
    body: () => ({ reason: 'confirmado' }),
    schema: adjustmentSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: (tenant) => tenant.adjustmentId,
  })),
  ...(['accept', 'dismiss'] as const).map((decision): Endpoint => ({
    name: `POST /months/:cycleId/adjustments/${decision}`,
    path: (tenant) => `/api/v1/months/${tenant.cycleId}/adjustments/${decision}`,
    body: () => ({ reason: 'confirmado' }),
    schema: decidedSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'decided',
  })),
  {
    name: 'POST /adjustments/:id/credit-note',
    path: (tenant) => `/api/v1/adjustments/${tenant.adjustmentId}/credit-note`,
    // Without a reason nobody gets further than the question whether they may.
    body: () => ({}),
    schema: z.object({ field: z.literal('reason') }),
    status: 400,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'reason',
  },
  {
    name: 'GET /months/:cycleId/archive',
    path: (tenant) => `/api/v1/months/${tenant.cycleId}/archive`,
    schema: z.null(),
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: () => 'manifest.json',
  },
  {
    name: 'GET /rated-lines/:lineId/explanation',
    path: (tenant) => `/api/v1/rated-lines/${tenant.lineId}/explanation`,
    schema: explanationSchema,
    roles: READERS,
    strangers: 'not-found',
    shows: (tenant) => tenant.lineId,
  },
  {
    name: 'POST /months',
    path: () => '/api/v1/months',
    body: (tenant) => ({ installationId: tenant.installationId, period: '2026-05' }),
    schema: startedMonthSchema,
    roles: STAFF,
    strangers: 'invalid',
    status: 201,
    shows: (tenant) => tenant.installationId,
  },
  ...MONTH_ACTIONS.map((action) => command('months', 'cycleId', action)),
  ...COLLECTION_ACTIONS.map((action) => command('collections', 'documentId', action)),
  {
    name: 'POST /collections/:documentId/record-transfer',
    path: (tenant) => `/api/v1/collections/${tenant.documentId}/record-transfer`,
    body: () => ({ amountCents: 1, reference: 'extracto 12' }),
    schema: collectionAnswerSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: (tenant) => tenant.documentId,
  },
  ...ARREARS_ACTIONS.map((action) => command('arrears', 'documentId', action)),
  {
    name: 'GET /arrears',
    path: () => '/api/v1/arrears?open=true',
    schema: arrearsPageSchema,
    roles: READERS,
    strangers: 'empty',
    shows: (tenant) => tenant.documentId,
  },
  {
    name: 'GET /arrears/:documentId',
    path: (tenant) => `/api/v1/arrears/${tenant.documentId}`,
    schema: arrearsDetailSchema,
    roles: READERS,
    strangers: 'not-found',
    shows: (tenant) => tenant.documentId,
  },
  {
    name: 'GET /arrears/debts/:condominiumId',
    path: (tenant) => `/api/v1/arrears/debts/${tenant.condominiumId}`,
    schema: z.null(),
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: (tenant) => tenant.invoiceNumber,
  },
  ...(['plan/ask', 'plan/decline', 'complaint'] as const).map((deed): Endpoint => ({
    name: `POST /arrears/:documentId/${deed}`,
    path: (tenant) => `/api/v1/arrears/${tenant.documentId}/${deed}`,
    body: () => ({ reason: 'não fui eu' }),
    before: () => database.sql.deleteFrom('complaint').execute(),
    schema: arrearsDetailSchema,
    roles: deed === 'plan/decline' ? STAFF : [...STAFF, 'resident'],
    strangers: 'not-found',
    shows: (tenant) => tenant.documentId,
  })),
  {
    name: 'POST /arrears/:documentId/registered-letter',
    path: (tenant) => `/api/v1/arrears/${tenant.documentId}/registered-letter`,
    body: () => ({ reference: 'RL123456789PT', recipient: 'Rua A 1', sentOn: '2026-08-04' }),
    schema: arrearsDetailSchema,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'RL123456789PT',
  },
  // Refused of every tenant: nothing of the kind is there, or a debit is under way.
  ...(
    [
      ['complaint/close', 'complaint-not-open'],
      ['plan/end', 'plan-not-kept'],
      ['lift-suspension', 'suspension-not-in-force'],
      ['write-off', 'case-debit-in-flight'],
      ['hand-over', 'case-debit-in-flight'],
      ['plan', 'plan-debit-in-flight'],
    ] as const
  ).map(([deed, problem]): Endpoint => ({
    name: `POST /arrears/:documentId/${deed}`,
    path: (tenant) => `/api/v1/arrears/${tenant.documentId}/${deed}`,
    body: () =>
      deed === 'plan' ? { instalments: [{ dueDate: '2099-01-01', amountCents: 1 }] } : { reason: 'porque sim' },
    before: async () => {
      await database.sql.deleteFrom('complaint').execute();
      await debitUnderWay(own);
    },
    schema: z.object({ type: z.literal(`/problems/${problem}`) }),
    status: 409,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => problem,
  })),
  {
    name: 'GET /customers',
    path: () => '/api/v1/customers',
    schema: customerPageSchema,
    roles: READERS,
    strangers: 'empty',
    shows: (tenant) => tenant.customerId,
  },
  {
    name: 'GET /customers?installation=&q=',
    path: (tenant) => `/api/v1/customers?installation=${tenant.installationId}&q=residente`,
    schema: customerPageSchema,
    roles: READERS,
    strangers: 'empty',
    shows: (tenant) => tenant.customerId,
  },
  {
    name: 'GET /system/debit-week',
    path: () => '/api/v1/system/debit-week',
    schema: debitWeekSchema,
    roles: STAFF,
    strangers: 'empty',
    shows: () => 'usedCents',
  },
  {
    name: 'GET /condominiums/:id/statement',
    path: (tenant) => `/api/v1/condominiums/${tenant.condominiumId}/statement?from=2026-01-01&to=2027-01-01`,
    schema: statementSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: () => '2027-01-01',
  },
  // Without a key for the provider nothing is moved, but who may ask is told so.
  unconfigured('checkouts', PAYERS, { pays: { purpose: 'invoices' } }),
  checkout('GET', READERS),
  checkout('POST', PAYERS),
  unconfigured('mandates', PAYERS, { iban: 'PT50000201231234567890154', textVersion: '2026-11' }),
  unconfigured('mandate-links', PAYERS, {}),
  unconfigured('mandates/:mandateId/withdraw', PAYERS, {}),
  unconfigured('refunds', STAFF, { amountCents: 1, to: { way: 'stripe' }, reason: 'porque sim' }),
  {
    name: 'GET /customers/:id/money',
    path: (tenant) => `/api/v1/customers/${tenant.customerId}/money`,
    schema: moneySchema,
    roles: READERS,
    strangers: 'not-found',
    shows: (tenant) => tenant.customerId,
  },
  {
    name: 'GET /customers/:id/statement',
    path: (tenant) => `/api/v1/customers/${tenant.customerId}/statement?from=2026-01-01&to=2027-01-01`,
    schema: statementSchema,
    roles: READERS,
    strangers: 'not-found',
    shows: () => '2027-01-01',
  },
  {
    name: 'GET /customers/:id',
    path: (tenant) => `/api/v1/customers/${tenant.customerId}`,
    schema: customerDetailSchema,
    roles: READERS,
    strangers: 'not-found',
    shows: (tenant) => tenant.invoiceNumber,
  },
  {
    name: 'GET /customers/:id/prepaid',
    path: (tenant) => `/api/v1/customers/${tenant.customerId}/prepaid`,
    schema: prepaidSchema,
    roles: READERS,
    strangers: 'not-found',
    shows: () => 'balanceCents',
  },
  ...(
    [
      { order: 'rules', body: {} },
      { order: 'auto-top-up', body: { autoTopUp: null } },
      // Refused for what the account is, which only who may act upon it is told.
      { order: 'conversion', body: { method: 'transfer' }, status: 409 },
      { order: 'leaving', body: {}, status: 409 },
      // Nobody gets further than the question whether there is a refund.
      { order: 'refund-account', body: { iban: 'PT50000201231234567890154' }, status: 404 },
    ] satisfies readonly { order: string; body: object; status?: number }[]
  ).map(({ order, body, status = 200 }: { order: string; body: object; status?: number }): Endpoint => ({
    name: `POST /customers/:id/prepaid/${order}`,
    path: (tenant) => `/api/v1/customers/${tenant.customerId}/prepaid/${order}`,
    body: () => body,
    schema: status === 200 ? prepaidSchema : problemSchema,
    status,
    roles: [...STAFF, 'resident'],
    strangers: 'not-found',
    shows: () => (status === 200 ? 'balanceCents' : 'problems'),
  })),
  {
    name: 'GET /refunds',
    path: () => '/api/v1/refunds',
    schema: refundPageSchema,
    roles: STAFF,
    strangers: 'empty',
    shows: () => 'items',
  },
  {
    name: 'POST /refunds/file',
    path: () => '/api/v1/refunds/file',
    body: () => ({ issuerId: 'nobody' }),
    schema: problemSchema,
    status: 409,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'problems',
  },
  {
    name: 'GET /refunds/file/:messageId',
    path: () => '/api/v1/refunds/file/00000000000000000000000000000000',
    schema: problemSchema,
    status: 409,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'problems',
  },
  {
    name: 'POST /refunds/:id/:decision',
    path: () => '/api/v1/refunds/00000000-0000-4000-8000-000000000000/approve',
    body: () => ({}),
    schema: problemSchema,
    status: 404,
    roles: STAFF,
    strangers: 'not-found',
    shows: () => 'not-found',
  },
  {
    name: 'GET /customers/:id/receipts',
    path: (tenant) => `/api/v1/customers/${tenant.customerId}/receipts`,
    schema: receiptPageSchema,
    roles: READERS,
    strangers: 'not-found',
    shows: () => '"items":[]',
  },
  {
    name: 'GET /customers/:id/months/:cycleId',
    path: (tenant) => `/api/v1/customers/${tenant.customerId}/months/${tenant.cycleId}`,
    schema: customerMonthDetailSchema,
    roles: READERS,
    strangers: 'not-found',
    shows: (tenant) => tenant.invoiceNumber,
  },
  {
    name: 'GET /tariffs',
    path: () => '/api/v1/tariffs',
    schema: tariffPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: (tenant) => tenant.planName,
  },
  {
    name: 'GET /tariffs/:id',
    path: (tenant) => `/api/v1/tariffs/${tenant.installationId}`,
    schema: tariffDetailSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'not-found',
    shows: (tenant) => tenant.planId,
  },
  {
    name: 'GET /calendars',
    path: () => '/api/v1/calendars',
    schema: calendarPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: () => 'pt-mainland-weekly',
  },
  {
    name: 'GET /calendars/:id',
    path: () => '/api/v1/calendars/pt-mainland-weekly',
    schema: calendarDetailSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: () => 'Super Vazio',
  },
  {
    name: 'POST /calendars',
    path: () => '/api/v1/calendars',
    body: () => aCalendar('access-test'),
    schema: calendarDetailSchema,
    roles: STAFF,
    strangers: 'invalid',
    shows: () => 'access-test',
  },
  {
    name: 'GET /price-series',
    path: () => '/api/v1/price-series',
    schema: priceSeriesPageSchema,
    roles: [...STAFF, 'manager'],
    strangers: 'empty',
    shows: () => 'items',
  },
  {
    name: 'POST /imports/:name',
    path: () => '/api/v1/imports/price-plan?dryRun=true',
    body: () => aPriceList('not-there'),
    schema: importAnswerSchema,
    roles: STAFF,
    strangers: 'invalid',
    shows: () => 'there is no installation',
  },
  {
    name: 'GET /templates/:file',
    path: () => '/api/v1/templates/price-plan.csv',
    schema: z.null(),
    roles: STAFF,
    strangers: 'empty',
    shows: () => 'planFrom',
  },
  {
    name: 'GET /mails',
    path: () => '/api/v1/mails',
    schema: mailPageSchema,
    roles: READERS,
    strangers: 'empty',
    shows: (tenant) => tenant.installationId,
  },
  {
    name: 'POST /mails/:id/send-again',
    path: (tenant) => `/api/v1/mails/${tenant.residentMailId}/send-again`,
    body: () => ({}),
    schema: problemSchema,
    roles: STAFF,
    status: 409,
    strangers: 'not-found',
    shows: () => 'mail-only-once',
  },
  {
    name: 'GET /mails?installation=',
    path: (tenant) => `/api/v1/mails?installation=${tenant.installationId}`,
    schema: mailPageSchema,
    roles: READERS,
    strangers: 'empty',
    shows: (tenant) => tenant.installationId,
  },
  {
    name: 'GET /files/:id of an invoice',
    path: (tenant) => `/api/v1/files/${tenant.pdfFileId}`,
    schema: z.null(),
    roles: READERS,
    strangers: 'not-found',
    shows: (tenant) => `content of invoice-pdf/${tenant.documentId}`,
  },
];

/** Everything in a tenant's world that must never reach a stranger. */
const secretsOf = (tenant: Tenant): string[] =>
  Object.entries(tenant)
    .filter(([key]) => key !== 'oddityId' && key !== 'transactionId')
    .map(([, value]) => String(value));

let database: TestDatabase;
let api: RunningApi;
let own: Tenant;
let foreign: Tenant;
const callers = new Map<Role, Caller>();

beforeAll(async () => {
  database = await createTestDatabase();
  own = await addTenant(database.sql, 'Aeiou', new Date());
  foreign = await addTenant(database.sql, 'Bcdfg', new Date());
  await addReading(own);
  await addReading(foreign);
  await addCheckout(own);
  await addCheckout(foreign);
  await addCandidate(own);
  await addCandidate(foreign);
  await addCommand(own);
  await addCommand(foreign);
  await addCertificate(own);
  await addCertificate(foreign);
  await addCard(own);
  await addCard(foreign);
  api = await runApi(database);
  const { condominiumId, customerId } = own;
  callers.set('administrator', await api.user('administrator'));
  callers.set('staff', await api.user('staff'));
  callers.set('manager', await api.user('manager', { condominiumId }));
  callers.set('resident', await api.user('resident', { condominiumId, customerId }));
  callers.set('installer', await api.token('installer', condominiumId));
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

function caller(role: Role): Caller {
  const found = callers.get(role);
  if (found === undefined) throw new Error(`no caller for ${role}`);
  return found;
}

const send = (endpoint: Endpoint, who: Caller, tenant: Tenant) => {
  const path = endpoint.path(tenant);
  if (endpoint.body === undefined) return who.get(path);
  return endpoint.method === 'PUT' ? who.put(path, endpoint.body(tenant)) : who.post(path, endpoint.body(tenant));
};

const everyRole = ENDPOINTS.flatMap((endpoint) => ROLES.map((role) => ({ endpoint, role, name: endpoint.name })));

describe('their own', () => {
  it.each(everyRole)('$name: $role', async ({ endpoint, role }) => {
    api.workflows.reset();
    api.workflows.started.clear();
    await endpoint.before?.();
    const answer = await send(endpoint, caller(role), own);
    if (!endpoint.roles.includes(role)) {
      expect(answer).toMatchObject({ status: 403, body: { type: '/problems/not-allowed' } });
      return;
    }
    expect(answer).toMatchObject({ status: endpoint.status ?? 200 });
    expect(answer.text).toContain(endpoint.shows(own));
    endpoint.schema.parse(answer.body);
  });
});

const bounded = everyRole.filter(({ role }) => role === 'manager' || role === 'resident' || role === 'installer');

describe("another condominium's", () => {
  it.each(bounded)('$name: $role', async ({ endpoint, role }) => {
    api.workflows.reset();
    const answer = await send(endpoint, caller(role), foreign);
    for (const secret of secretsOf(foreign)) expect(answer.text).not.toContain(secret);
    expect(api.workflows.commands).toEqual([]);
    if (!endpoint.roles.includes(role)) expect(answer.status).toBe(403);
    else if (endpoint.strangers === 'not-found') expect(answer).toMatchObject({ status: 404 });
    else expect(answer.status).toBe(200);
  });

  it.each(ENDPOINTS)('$name: nobody signed in', async (endpoint) => {
    const nobody = { 'content-type': 'application/json' };
    const body =
      endpoint.body === undefined
        ? {}
        : { method: endpoint.method ?? 'POST', body: JSON.stringify(endpoint.body(own)) };
    const answer = await api.call(endpoint.path(own), { headers: nobody, ...body });
    expect(answer).toMatchObject({ status: 401, body: { type: '/problems/not-signed-in' } });
  });
});

describe('a resident', () => {
  it('sees only their own of their own condominium', async () => {
    const neighbour = '100-neighbour';
    await database.sql
      .insertInto('customer')
      .values({ id: neighbour, condominium_id: own.condominiumId, name: 'Vizinho' })
      .execute();
    const resident = caller('resident');
    expect((await resident.get('/api/v1/customers')).text).not.toContain('Vizinho');
    expect(await resident.get(`/api/v1/customers/${neighbour}`)).toMatchObject({ status: 404 });
    expect(await resident.get(`/api/v1/files/${own.excelFileId}`)).toMatchObject({ status: 404 });
    const mails = mailPageSchema.parse((await resident.get('/api/v1/mails')).body);
    expect(mails.items.map((mail) => mail.id)).toEqual([own.residentMailId]);
  });

  it('learns nothing of the installation as a whole', async () => {
    const { body } = await caller('resident').get(`/api/v1/installations/${own.installationId}`);
    expect(body).toMatchObject({ chargers: 1, openOddities: 0, latestMonth: null, cpe: null });
  });

  it('sees nothing of the tenant who came after them', async () => {
    const { spotId, customerId, condominiumId, cycleId, installationId } = own;
    const path = `/api/v1/customers/${customerId}/months/${cycleId}`;
    const sessions = async () => customerMonthDetailSchema.parse((await caller('resident').get(path)).body).sessions;
    expect(await sessions()).toHaveLength(1);
    const lodger = { id: '100-lodger', condominium_id: condominiumId, name: 'Inquilino' };
    await database.sql.insertInto('customer').values(lodger).execute();
    const from = new Date('2026-06-05T00:00:00Z');
    const occupancy = { spot_id: spotId, customer_id: lodger.id, kind: 'tenant', from };
    await database.sql.insertInto('occupancy').values(occupancy).execute();
    expect(await sessions()).toEqual([]);
    expect(await caller('resident').get(`/api/v1/installations/${installationId}/spots`)).toMatchObject({
      status: 404,
    });
    await database.sql.deleteFrom('occupancy').where('customer_id', '=', lodger.id).execute();
  });

  it('without a customer number sees nothing', async () => {
    const nobody = await api.user('resident');
    expect(await nobody.get('/api/v1/customers')).toMatchObject({ status: 403 });
  });
});

describe('a manager', () => {
  it('reads what was written to the condominium, not the letters to residents', async () => {
    const mails = mailPageSchema.parse((await caller('manager').get('/api/v1/mails')).body);
    expect(mails.items.map((mail) => mail.id)).toEqual([own.managerMailId]);
  });

  it('gets the Excel, and no link into the workflows', async () => {
    expect(await caller('manager').get(`/api/v1/files/${own.excelFileId}`)).toMatchObject({ status: 200 });
    expect(await caller('manager').get(`/api/v1/months/${own.cycleId}`)).toMatchObject({ body: { workflowUrl: null } });
  });

  it("gets the month's final Excel as soon as there is one, another condominium's manager does not", async () => {
    const excelOf = async () => (await caller('manager').get(`/api/v1/months/${own.cycleId}`)).body;
    expect(await excelOf()).toMatchObject({ excelFileId: own.excelFileId });
    const fileId = await addFile(database.sql, `manager-excel-final/${own.cycleId}`, 'relatório-final.xlsx');
    expect(await excelOf()).toMatchObject({ excelFileId: fileId });
    expect(await caller('manager').get(`/api/v1/files/${fileId}`)).toMatchObject({ status: 200 });
    expect(await caller('resident').get(`/api/v1/files/${fileId}`)).toMatchObject({ status: 404 });
    const stranger = await api.user('manager', { condominiumId: foreign.condominiumId });
    expect(await stranger.get(`/api/v1/files/${fileId}`)).toMatchObject({ status: 404 });
  });
});

describe('an installer', () => {
  it('is told nothing of months, staff are', async () => {
    const path = `/api/v1/installations/${own.installationId}`;
    expect((await caller('staff').get(path)).body).toMatchObject({ latestMonth: { period: '2026-06' } });
    expect((await caller('installer').get(path)).body).toMatchObject({ latestMonth: null });
    const list = await caller('installer').get('/api/v1/installations');
    expect(list.body).toMatchObject({ items: [{ latestMonth: null }] });
  });

  it('sees spots without the names of residents', async () => {
    const { text } = await caller('installer').get(`/api/v1/installations/${own.installationId}/spots`);
    expect(text).not.toContain(own.customerName);
  });
});

describe('everybody', () => {
  it.each(ROLES)('%s: gets their own session', async (role) => {
    sessionSchema.parse((await caller(role).get('/api/v1/session')).body);
  });

  it.each(
    ROLES.flatMap((role) => [
      { role, path: 'system', schema: systemSchema },
      { role, path: 'series', schema: seriesOverviewSchema },
      { role, path: 'ledger', schema: ledgerOverviewSchema },
      { role, path: 'ledger/check', schema: ledgerCheckSchema },
      { role, path: 'issuers', schema: issuersSchema },
    ]),
  )('$role: the facts of $path are for staff', async ({ role, path, schema }) => {
    const answer = await caller(role).get(`/api/v1/${path}`);
    expect(answer.status).toBe(STAFF.includes(role) ? 200 : 403);
    if (STAFF.includes(role)) schema.parse(answer.body);
  });

  it('has every operation of the API in this table', async () => {
    const { body } = await api.call('/api/openapi.json');
    const document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) }).parse(body);
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const tested = new Set(ENDPOINTS.map((endpoint) => endpoint.name.replace(/^(\w+) /, '$1 /api/v1').toLowerCase()));
    // Those of the banks are for staff alone, each of them: bank-api.test.ts.
    const others = documented.filter((operation) => !/ \/api\/v1\/(bank|sepa)\//.test(operation));
    const untested = others.filter((operation) => {
      const pattern = new RegExp(`^${operation.toLowerCase().replaceAll(/\{\w+\}/g, '[^/ ]+')}( |\\?|$)`);
      return ![...tested].some((name) => pattern.test(name));
    });
    expect(untested).toEqual([
      'get /api/v1/session',
      'post /api/v1/session',
      'delete /api/v1/session',
      'get /api/v1/ledger',
      'get /api/v1/ledger/check',
      'get /api/v1/series',
      'post /api/v1/series',
      'get /api/v1/issuers',
      'get /api/v1/issuers/{issuerId}/saft',
      'get /api/v1/system',
    ]);
  });
});
