import { seededRandom } from '#test/data/seeded-random.js';

export interface WebhookFaults {
  /** Each event is sent this many times more. */
  duplicates: number;
  /** So many of the next events are never sent. */
  dropNext: number;
  delayMs: number;
  /** Events within such a window arrive in reverse. */
  reorderWindow: number;
}

export const NO_FAULTS: WebhookFaults = { duplicates: 0, dropNext: 0, delayMs: 0, reorderWindow: 0 };

export const WEBHOOK_DEEDS = ['lose', 'duplicate', 'delay', 'hold'] as const;
export type WebhookDeed = (typeof WEBHOOK_DEEDS)[number];

/** What befalls the next events of a type. */
export interface WebhookRule {
  readonly deed: WebhookDeed;
  /** `payment_intent.succeeded`, `charge.*`, or `*` */
  readonly type: string;
  /** null: until the rules are cleared */
  times: number | null;
  /** of `duplicate`: so many more */
  readonly copies: number;
  /** of `delay`: on the sandbox's clock */
  readonly delayMs: number;
}

/** Faults by chance, the same for the same seed: each in one of a hundred, hundredths. */
export interface WebhookChaos {
  readonly seed: number;
  readonly losePercent: number;
  readonly duplicatePercent: number;
  readonly delayPercent: number;
  /** at most so late, in real time: what was delayed arrives out of order */
  readonly mostDelayMs: number;
}

export interface WebhookPlan {
  readonly copies: number;
  /** real time */
  readonly delayMs: number;
  /** the sandbox's time; null: held until released; undefined: at once */
  readonly notBeforeMs?: number | null;
}

const REORDER_STEP_MS = 60;

export function matchesType(pattern: string, type: string): boolean {
  return pattern === '*' || pattern === type || (pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1)));
}

/** Decides what befalls each event. */
export class WebhookRules {
  readonly faults: WebhookFaults = { ...NO_FAULTS };
  private rules: WebhookRule[] = [];
  private chaos: (WebhookChaos & { readonly random: () => number }) | null = null;
  private inWindow = 0;

  add(rule: WebhookRule): void {
    this.rules.push({ ...rule });
  }

  setChaos(chaos: WebhookChaos | null): void {
    this.chaos = chaos === null ? null : { ...chaos, random: seededRandom(chaos.seed) };
  }

  clear(): void {
    Object.assign(this.faults, NO_FAULTS);
    this.rules = [];
    this.chaos = null;
  }

  stopHolding(): void {
    this.rules = this.rules.filter((rule) => rule.deed !== 'hold');
  }

  private take(deed: WebhookDeed, type: string): WebhookRule | null {
    const isDue = (one: WebhookRule) => one.deed === deed && one.times !== 0 && matchesType(one.type, type);
    const rule = this.rules.find(isDue);
    if (rule === undefined) return null;
    if (rule.times !== null) rule.times -= 1;
    return rule;
  }

  private reorderDelayMs(): number {
    if (this.faults.reorderWindow === 0) return 0;
    this.inWindow = (this.inWindow + 1) % this.faults.reorderWindow;
    return (this.faults.reorderWindow - this.inWindow) * REORDER_STEP_MS;
  }

  private byChance() {
    if (this.chaos === null) return { lost: false, copies: 0, delayMs: 0 };
    const { random, losePercent, duplicatePercent, delayPercent, mostDelayMs } = this.chaos;
    // Always four numbers an event, so that one fault does not shift the others.
    const [lose = 0, duplicate = 0, delay = 0, howLate = 0] = [random(), random(), random(), random()];
    return {
      lost: lose * 100 < losePercent,
      copies: duplicate * 100 < duplicatePercent ? 1 : 0,
      delayMs: delay * 100 < delayPercent ? Math.floor(howLate * mostDelayMs) : 0,
    };
  }

  /** Null: it is never sent. */
  planFor(type: string, nowMs: number): WebhookPlan | null {
    if (this.faults.dropNext > 0) {
      this.faults.dropNext -= 1;
      return null;
    }
    const chance = this.byChance();
    if (chance.lost || this.take('lose', type) !== null) return null;
    const late = this.take('delay', type);
    const plan = {
      copies: 1 + this.faults.duplicates + chance.copies + (this.take('duplicate', type)?.copies ?? 0),
      delayMs: this.faults.delayMs + this.reorderDelayMs() + chance.delayMs,
    };
    if (this.take('hold', type) !== null) return { ...plan, notBeforeMs: null };
    return late === null ? plan : { ...plan, notBeforeMs: nowMs + late.delayMs };
  }
}
