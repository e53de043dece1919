import type { PaymentSignals } from '#libs/payments/handle-webhook.js';
import type { Sql } from '#libs/persistence/database.js';

import { tellPayer } from './payment-notices.js';
import { tellPaidAhead } from './tell-paid-ahead.js';
import type { WorkflowGateway } from './workflow-gateway.js';

/** Whom a change at the provider is told to: the workflows of its invoice or account, and the payer by mail. */
export function paymentSignals(
  workflows: WorkflowGateway,
  { sql, moneyPageUrl }: { readonly sql: Sql; readonly moneyPageUrl: string },
): PaymentSignals {
  const notices = { sql, moneyPageUrl, sendLetter: workflows.sendLetter.bind(workflows) };
  return {
    paymentChanged: workflows.paymentChanged.bind(workflows),
    ledgerChanged: workflows.ledgerChanged.bind(workflows),
    startArrears: workflows.startArrears.bind(workflows),
    topUpChanged: workflows.topUpChanged.bind(workflows),
    prepaidChanged: (customerId) => tellPaidAhead({ sql, workflows }, customerId),
    tell: (notice) => tellPayer(notices, notice),
  };
}
