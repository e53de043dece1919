import { getClient } from '@temporalio/activity';

import type { TopUpFacts, TopUpLook } from '#workflows/prepaid-top-up/activities.js';
import type { AccountsLooked } from '#workflows/prepaid-watch/activities.js';

import { lookAtPrepaidAccount, startTopUpOnce } from '../start-workflows.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The customer is told so long before. */
const NOTICE_DAYS = 2;

/** How the debit of a fake top-up ends; in days after it was made. */
export type TopUpPlan =
  | { readonly succeedsAfter: number }
  | { readonly failsAfter: number; readonly reason: string }
  | { readonly notNeeded: true };

interface FakeTopUp {
  readonly customerId: string;
  readonly debitAt: number;
  startedAt: number | null;
  readonly plan: TopUpPlan;
}

/** Prepaid accounts of a story: each falls once below its threshold, at the first look after the story said so. */
export class FakeTopUps {
  /** customer → how the top-up ends that the next look orders */
  readonly falls = new Map<string, TopUpPlan>();
  readonly balances = new Map<string, number>();
  readonly orders = new Map<string, FakeTopUp>();
  /** How many debits the provider was asked for. */
  debits = 0;
  readonly #now: () => number;
  readonly #credited = new Set<string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  activities() {
    return {
      topUpFacts: async (orderId: string): Promise<TopUpFacts> => {
        const { customerId, debitAt } = this.#order(orderId);
        const at = new Date(debitAt).toISOString();
        return { customerId, installationId: 'parque-das-nacoes-3', debitAt: at, mailId: `prepaid-top-up/${orderId}` };
      },
      startTopUp: async (orderId: string): Promise<TopUpLook> => {
        const order = this.#order(orderId);
        if ('notNeeded' in order.plan) return { state: 'cancelled', reason: 'not-needed', lookAgainAt: null };
        if (order.startedAt === null) this.debits += 1;
        order.startedAt ??= this.#now();
        return this.#look(orderId, order);
      },
      lookAtTopUp: async (orderId: string): Promise<TopUpLook> => this.#look(orderId, this.#order(orderId)),
      startPrepaidWatch: (customerId: string) => lookAtPrepaidAccount(getClient(), customerId),
      startTopUpWorkflow: (orderId: string) => startTopUpOnce(getClient(), orderId),
      lookAtAccount: async (customerId: string): Promise<AccountsLooked> => this.#lookAt(customerId),
      lookAtAccounts: async (after: string | null) => {
        const customerIds = [...this.falls.keys()].filter((id) => after === null || id > after).sort();
        const [first] = customerIds;
        if (first === undefined) return { mailIds: [], topUpOrderIds: [], next: null };
        return { ...this.#lookAt(first), next: customerIds.length > 1 ? first : null };
      },
    };
  }

  #lookAt(customerId: string): AccountsLooked {
    const plan = this.falls.get(customerId);
    const orderId = `order-${customerId}`;
    if (plan !== undefined && !this.orders.has(orderId)) {
      const debitAt = this.#now() + NOTICE_DAYS * DAY_MS;
      this.orders.set(orderId, { customerId, debitAt, startedAt: null, plan });
      return { mailIds: [`prepaid-low/${customerId}`], topUpOrderIds: [orderId] };
    }
    const failed = plan !== undefined && 'failsAfter' in plan;
    return { mailIds: failed ? [`prepaid-auto-off/${orderId}`] : [], topUpOrderIds: [] };
  }

  #look(orderId: string, { plan, startedAt, customerId }: FakeTopUp): TopUpLook {
    if ('notNeeded' in plan || startedAt === null) throw new Error(`${orderId} was never debited`);
    const days = (this.#now() - startedAt) / DAY_MS;
    if ('succeedsAfter' in plan && days >= plan.succeedsAfter) {
      if (!this.#credited.has(orderId)) this.balances.set(customerId, (this.balances.get(customerId) ?? 0) + 2_000);
      this.#credited.add(orderId);
      return { state: 'succeeded', reason: null, lookAgainAt: null };
    }
    if ('failsAfter' in plan && days >= plan.failsAfter) {
      return { state: 'failed', reason: plan.reason, lookAgainAt: null };
    }
    return { state: 'processing', reason: null, lookAgainAt: new Date(this.#now() + DAY_MS).toISOString() };
  }

  #order(orderId: string): FakeTopUp {
    const order = this.orders.get(orderId);
    if (order === undefined) throw new Error(`no top-up ${orderId}`);
    return order;
  }
}
