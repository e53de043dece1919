import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import type { CircuitUse } from '#libs/circuits/allocate-types.js';
import { passedIn } from '#libs/circuits/circuit-problems.js';
import type { LimitOrder } from '#libs/circuits/circuit-records.js';
import { CircuitState } from '#libs/circuits/circuit-state.js';
import { holdInstallations, keepLimits, keepState, letGo } from '#libs/circuits/keep-control.js';
import { connectorNamed, eventsOf, loadSites, type Site } from '#libs/circuits/load-site.js';
import { freeRemoved } from '#libs/circuits/share-circuits.js';
import type { Sql } from '#libs/persistence/database.js';

/** Whoever comes, goes or takes less is seen at the next look; a car is answered within 5 s. */
const LOOK_MS = 1_000;

/** Installations whose circuits are read in one statement. */
const READ_AT_ONCE = 100;

/** An order that could not go out by then is not sent: another process may drive already. */
const STALE_MS = 5_000;

/** A lower limit is confirmed sooner, or its charger does not answer. */
const PASSED_MS = 15_000;

export type SendResult = 'confirmed' | 'refused' | 'unknown' | 'absent';

/** A limit for a connector's next sessions (`default`) or for the one under way. */
export interface LimitToSend {
  readonly chargerId: string;
  readonly connectorId: number;
  readonly purpose: 'default' | 'session';
  /** Our number of the session under way; null for a default. */
  readonly transactionId: number | null;
  readonly limitDeciA: number;
}

/** Carries a limit to its charger. `unknown`: sent, no word came back; `absent`: never sent. */
export interface LimitSender {
  sendLimit(limit: LimitToSend): Promise<SendResult>;
}

export interface CircuitDriverOptions {
  readonly sql: Sql;
  readonly sender: LimitSender;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** An installation as this process drives it. */
interface Driven {
  readonly state: CircuitState;
  /** When each reading taken in was made. */
  readonly heard: Map<string, number>;
  readonly answers: { readonly orderId: number; readonly result: SendResult }[];
  keptState: string;
  keptLimits: string;
  /** Since when chargers may take more than their circuits bear; null: they may not. */
  passedSinceMs: number | null;
  isPassedTold: boolean;
}

/**
 * Drives the circuits of every installation that shares them and that no other process drives: hears what happened, keeps
 * what it knows, then sends. Any number of workers may run; each installation is with one of them at a time.
 */
export class CircuitDriver {
  private readonly holder = randomUUID();
  private readonly driven = new Map<string, Driven>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly now: () => Date;
  /** An answer may free what another car waits for: it is looked at again at once. */
  private answered = new AbortController();

  constructor(private readonly options: CircuitDriverOptions) {
    this.now = options.now ?? (() => new Date());
  }

  /** Looks again and again until the signal aborts, then lets go. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.answered = new AbortController();
      await this.look();
      const woken = AbortSignal.any([signal, this.answered.signal]);
      await sleep(LOOK_MS, undefined, { signal: woken }).catch(() => undefined);
    }
    await this.close();
  }

  /** One look at everything it drives. What fails is tried again at the next. */
  async look(): Promise<void> {
    const { sql, log } = this.options;
    try {
      const held = await holdInstallations(sql, this.holder, [...this.driven.keys()]);
      const ids = new Set(held.map(({ installationId }) => installationId));
      for (const id of this.driven.keys()) if (!ids.has(id)) this.driven.delete(id);
      for (const { installationId, state } of held) {
        if (!this.driven.has(installationId)) this.driven.set(installationId, this.begin(state));
      }
      const all = [...ids];
      for (let from = 0; from < all.length; from += READ_AT_ONCE) {
        const sites = await loadSites(sql, all.slice(from, from + READ_AT_ONCE), this.now());
        for (const [installationId, site] of sites) {
          await this.drive(installationId, site).catch((error: unknown) => {
            this.driven.delete(installationId);
            log.warn({ err: error, installation: installationId }, 'circuits could not be driven; trying again');
          });
        }
      }
    } catch (error) {
      log.warn({ err: error }, 'circuits could not be looked at; trying again');
    }
  }

  /** Waits for what is under way, and lets others drive. */
  async close(): Promise<void> {
    await Promise.all(this.underWay);
    await letGo(this.options.sql, this.holder).catch((error: unknown) =>
      this.options.log.warn({ err: error }, 'circuits were not let go; they are free when the lease ends'),
    );
  }

  /** Resolves when every order sent so far is answered. */
  async settled(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private begin(state: Parameters<typeof CircuitState.takeOver>[0] | null): Driven {
    const nowMs = this.now().getTime();
    return {
      state: state === null ? CircuitState.empty() : CircuitState.takeOver(state, nowMs),
      heard: new Map(),
      answers: [],
      keptState: '',
      keptLimits: '',
      passedSinceMs: null,
      isPassedTold: false,
    };
  }

  private async drive(installationId: string, site: Site): Promise<void> {
    const { sql } = this.options;
    const driven = this.driven.get(installationId);
    if (driven === undefined) return;
    const at = this.now();
    await freeRemoved(sql, { installationId, chargerIds: removedFrom(site, driven.state) }, at);
    for (const event of eventsOf(site, at.getTime(), driven.heard)) driven.state.happened(event);
    for (const answer of driven.answers.splice(0)) {
      driven.state.happened({ kind: 'answered', atMs: at.getTime(), ...answer });
    }
    const { orders, allocation } = driven.state.decide(at.getTime());
    const state = JSON.stringify(driven.state);
    if (state !== driven.keptState) {
      const isOurs = await keepState(sql, { installationId, holder: this.holder, state: driven.state.toJSON() });
      if (!isOurs) {
        this.driven.delete(installationId);
        return;
      }
      driven.keptState = state;
    }
    for (const order of orders) this.send(driven, order, at);
    this.tellPassed({ installation: installationId, atMs: at.getTime() }, driven, allocation.circuits);
    const limits = JSON.stringify(allocation.limits);
    if (limits === driven.keptLimits) return;
    await keepLimits(sql, { installationId, limits: allocation.limits, at });
    driven.keptLimits = limits;
  }

  /** Says once when circuits are passed for longer than a lower limit takes to be confirmed, and when that is over. */
  private tellPassed(
    { installation, atMs }: { readonly installation: string; readonly atMs: number },
    driven: Driven,
    circuits: readonly CircuitUse[],
  ): void {
    const passed = circuits.filter((use) => passedIn(use).length > 0);
    driven.passedSinceMs = passed.length === 0 ? null : (driven.passedSinceMs ?? atMs);
    const isPassed = driven.passedSinceMs !== null && atMs - driven.passedSinceMs >= PASSED_MS;
    if (isPassed === driven.isPassedTold) return;
    driven.isPassedTold = isPassed;
    if (isPassed)
      this.options.log.warn({ installation, circuits: passed }, 'chargers may take more than their circuits bear');
    else this.options.log.info({ installation }, 'circuits bear again what their chargers may take');
  }

  private send(driven: Driven, order: LimitOrder, decidedAt: Date): void {
    const sending = this.sent(order, decidedAt).then((result) => {
      driven.answers.push({ orderId: order.id, result });
      this.underWay.delete(sending);
      this.answered.abort();
    });
    this.underWay.add(sending);
  }

  private async sent(order: LimitOrder, decidedAt: Date): Promise<SendResult> {
    if (this.now().getTime() - decidedAt.getTime() > STALE_MS) return 'absent';
    const { purpose, sessionId, limitDeciA, connector } = order;
    const transactionId = sessionId === null ? null : Number(sessionId);
    try {
      return await this.options.sender.sendLimit({ ...connectorNamed(connector), purpose, transactionId, limitDeciA });
    } catch (error) {
      this.options.log.warn({ err: error, connector }, 'no word of a limit that was sent');
      return 'unknown';
    }
  }
}

/** Chargers that were told limits and hang in no circuit any more: nobody else would take the limits from them. */
function removedFrom(site: Site, state: CircuitState): string[] {
  const here = new Set(site.connectors.map(({ facts }) => facts.chargerId));
  const known = Object.values(state.toJSON().connectors);
  const told = known
    .filter(({ presence }) => presence === 'online' || presence === 'offline')
    .map(({ facts }) => facts.chargerId);
  return [...new Set(told)].filter((chargerId) => !here.has(chargerId));
}
