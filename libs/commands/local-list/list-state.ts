import type { ToldVariable } from '#libs/ocpp/command-results.js';
import type { Command, CommandResult } from '#libs/ocpp/commands.js';

import type { ListStateName } from './list-states.js';
import { afterSending, digestOf, planList, type ListEntry, type ListLimits, type SentList } from './plan-list.js';

/** What is known of a charger's list. */
export interface ListState {
  readonly state: ListStateName;
  /** Null: to be asked. */
  readonly limits: ListLimits | null;
  /** On the charger's present socket it has told its version; before that it may have forgotten its list. */
  readonly isVerified: boolean;
  /** As it is believed to be; null: to be asked. */
  readonly version: number | null;
  readonly prints: Readonly<Record<string, string>> | null;
  /** In a row. */
  readonly failures: number;
  readonly problem: string | null;
}

export const UNKNOWN_LIST: ListState = {
  state: 'new',
  limits: null,
  isVerified: false,
  version: null,
  prints: null,
  failures: 0,
  problem: null,
};

/** A command as it ended. */
export interface EndedCommand {
  readonly request: Command;
  /** answered, refused, expired, timed-out or failed */
  readonly state: string;
  readonly result: CommandResult | null;
}

/** A charger that does not say what it takes after so many failures finds out by itself what is too much. */
const MOST_SILENT = 2;
const NO_LIMITS: ListLimits = { entries: null, perMessage: null, bytesPerMessage: null };
const LIMITS_16 = ['LocalAuthListMaxLength', 'SendLocalListMaxLength'];
/** `Entries` of 2.x says how many it holds, not how many it can. */
const LIMITS_201 = ['SendLocalListMaxLength', 'LocalAuthListCtrlr.BytesPerMessage'];

/** What a charger is to be asked next so that its list becomes the wanted one; null: it is in step. */
export function nextAsk(known: ListState, wanted: readonly ListEntry[], protocol: string): Command | null {
  if (known.limits === null) {
    const names = protocol === 'ocpp1.6' ? LIMITS_16 : LIMITS_201;
    return { kind: 'get-variables', variables: names.map(variableOf) };
  }
  if (!known.isVerified || known.version === null) return { kind: 'get-local-list-version' };
  return planList(wanted, { version: known.version, prints: known.prints }, known.limits);
}

function variableOf(name: string): { name: string; component?: string } {
  const [component, variable] = name.split('.');
  return variable === undefined || component === undefined ? { name } : { component, name: variable };
}

/** A charger that refuses more often in a row may have another list than we believe. */
const MOST_REFUSALS = 12;

/** What an ended command makes of what is known. One that never left changes nothing. */
export function afterCommand(known: ListState, { request, state, result }: EndedCommand): ListState {
  if (state === 'expired' || (state === 'refused' && result?.status === 'absent')) {
    return { ...known, isVerified: false };
  }
  const status = state === 'answered' ? (result?.status ?? 'failed') : `no-answer:${state}`;
  switch (request.kind) {
    case 'get-variables':
      if (state !== 'answered' && known.failures < MOST_SILENT) return failed(known, status);
      return { ...known, limits: state === 'answered' ? limitsOf(result) : NO_LIMITS };
    case 'get-local-list-version':
      return afterVersion(known, status, result);
    case 'send-local-list':
      return afterSent(known, request, status);
    default:
      throw new Error(`no list is kept by ${request.kind}`);
  }
}

function afterVersion(known: ListState, status: string, result: CommandResult | null): ListState {
  if (status === 'not-supported') return unsupported(known);
  const version = result?.['version'];
  if (status !== 'accepted' || typeof version !== 'number') return failed(known, status);
  if (version === known.version && known.prints !== null) return { ...known, isVerified: true };
  return { ...known, isVerified: true, version, prints: version === 0 ? {} : null };
}

function afterSent(known: ListState, sent: SentList, status: string): ListState {
  if (status === 'not-supported') return unsupported(known);
  if (status !== 'accepted') {
    // It says that it did not take it: its list is as it was. Otherwise nobody knows what it holds.
    const isAsItWas = status === 'failed' && known.failures < MOST_REFUSALS;
    const held = isAsItWas ? {} : { version: null, prints: null };
    return { ...failed(known, status), ...held, limits: limitsAfter(known, sent, status) };
  }
  const held = afterSending({ version: known.version ?? 0, prints: known.prints }, sent);
  return { ...known, state: 'behind', ...held, failures: 0, problem: null };
}

/** A message that was refused is sent in halves; a charger that refuses a single card more has no room for it. */
function limitsAfter({ limits, prints }: ListState, { update, entries }: SentList, status: string): ListLimits | null {
  if (limits === null || status === 'version-mismatch') return limits;
  const held = Object.keys(prints ?? {}).length;
  const isFull = update === 'differential' && entries.length === 1 && entries[0]?.status !== undefined;
  if (isFull && status === 'failed' && held > 0) return { ...limits, entries: held, perMessage: null };
  return { ...limits, perMessage: Math.max(1, Math.floor(entries.length / 2)) };
}

const unsupported = (known: ListState): ListState => ({
  ...known,
  state: 'unsupported',
  isVerified: true,
  version: null,
  prints: null,
  failures: 0,
  problem: null,
});

const failed = (known: ListState, problem: string): ListState => ({
  ...known,
  state: 'failed',
  isVerified: false,
  failures: known.failures + 1,
  problem,
});

/** The charger has taken a list from which a card is missing that it may have accepted before. */
export const takesOff = ({ request, state, result }: EndedCommand): boolean =>
  request.kind === 'send-local-list' &&
  state === 'answered' &&
  result?.status === 'accepted' &&
  (request.update === 'full' || request.entries.some(({ status }) => status !== 'Accepted'));

const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 6 * 60 * 60_000;

/** How long a charger is left alone after so many failures in a row. */
export const pauseMs = (failures: number): number =>
  failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20));

export const digestOfState = ({ prints }: ListState): string | null => (prints === null ? null : digestOf(prints));

/** A charger without lists may not know the variables either; one that says nothing is asked in small parts. */
function limitsOf(result: CommandResult | null): ListLimits {
  const told = (result?.['variables'] ?? []) as readonly ToldVariable[];
  const number = (name: string): number | null => {
    const value = Number(told.find((one) => one.name === name)?.value ?? NaN);
    return Number.isSafeInteger(value) && value > 0 ? value : null;
  };
  return {
    entries: number('LocalAuthListMaxLength'),
    perMessage: number('SendLocalListMaxLength'),
    bytesPerMessage: number('LocalAuthListCtrlr.BytesPerMessage'),
  };
}
