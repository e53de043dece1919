import { createHash } from 'node:crypto';

import type { CommandOf } from '#libs/ocpp/commands.js';

export type SentList = CommandOf<'send-local-list'>;
/** A card on a charger's list; one without status is taken off it. */
export type ListEntry = SentList['entries'][number];

/** What a charger takes; null: it does not say. */
export interface ListLimits {
  /** Cards on its list. */
  readonly entries: number | null;
  /** Cards in one message. */
  readonly perMessage: number | null;
  readonly bytesPerMessage: number | null;
}

/** A charger's list as it is known: each card as it was written there, with a print of its entry. */
export interface HeldList {
  /** Of the list that the charger holds; 0: none. */
  readonly version: number;
  /** Null: nobody knows what is in it. */
  readonly prints: Readonly<Record<string, string>> | null;
}

/** What `commandSchema` takes, and more than real chargers hold. */
export const MOST_ENTRIES = 5_000;
/** Of a charger that does not say how many it takes at once. */
const PER_MESSAGE = 50;
/** What the words around an entry, and around a message, come to at most in any version. */
const ENTRY_BYTES = 120;
const MESSAGE_BYTES = 200;
/** int4, as both versions have it. */
const LAST_VERSION = 2_147_483_647;

/** The cards that fit, of those that should be on the list, best first. */
export function fitting(wanted: readonly ListEntry[], { entries }: ListLimits): readonly ListEntry[] {
  return wanted.slice(0, Math.min(entries ?? MOST_ENTRIES, MOST_ENTRIES));
}

/**
 * The next message that brings a charger's list nearer to what it should be; null when it is. A list that nobody knows is
 * replaced, and so is one that there is not yet (version 0, of which some chargers refuse a change) and one of which more
 * would change than it will hold; what one message does not take follows in the next. Cards that are to go, go first.
 */
export function planList(wanted: readonly ListEntry[], held: HeldList, limits: ListLimits): SentList | null {
  const list = fitting(wanted, limits);
  const changes = held.prints === null ? null : changesOf(list, held.prints);
  if (changes?.length === 0) return null;
  if (changes === null || held.version === 0 || changes.length > list.length || held.version >= LAST_VERSION) {
    const version = held.version >= LAST_VERSION ? 1 : held.version + 1;
    return { kind: 'send-local-list', version, update: 'full', entries: inOneMessage(list, limits) };
  }
  const entries = inOneMessage(changes, limits);
  return { kind: 'send-local-list', version: held.version + 1, update: 'differential', entries };
}

/** What a charger holds when it has taken a message. */
export function afterSending(held: HeldList, sent: SentList): HeldList {
  const prints: Record<string, string> = sent.update === 'full' ? {} : { ...held.prints };
  const changed = new Set(sent.entries.map(({ token }) => token.toLowerCase()));
  for (const token of Object.keys(prints)) if (changed.has(token.toLowerCase())) delete prints[token];
  for (const entry of sent.entries) if (entry.status !== undefined) prints[entry.token] = printOf(entry);
  return { version: sent.version, prints };
}

/** The same for lists of the same entries, whatever their order. */
export function digestOf(prints: Readonly<Record<string, string>>): string {
  const rows = Object.entries(prints).map(([token, print]) => `${token.toLowerCase()} ${print}`);
  return createHash('sha256').update(rows.sort().join('\n')).digest('hex');
}

/** The type that the card was listed with, so that it can be taken off again, and a hash of all that was said of it. */
function printOf(entry: ListEntry): string {
  const { token, tokenType = '', groupToken = '', status = '', expiresAt = '' } = entry;
  const hash = createHash('sha256').update(JSON.stringify([token, groupToken, status, expiresAt]));
  return `${tokenType}:${hash.digest('base64url').slice(0, 12)}`;
}

function changesOf(list: readonly ListEntry[], prints: Readonly<Record<string, string>>): ListEntry[] {
  const stay = new Set(list.map(({ token }) => token.toLowerCase()));
  const gone = Object.entries(prints).filter(([token]) => !stay.has(token.toLowerCase()));
  return [
    ...gone.map(([token, print]) => removal(token, print)),
    ...list.filter((entry) => prints[entry.token] !== printOf(entry)),
  ];
}

function removal(token: string, print: string): ListEntry {
  const tokenType = print.slice(0, print.indexOf(':')) as NonNullable<ListEntry['tokenType']> | '';
  return tokenType === '' ? { token } : { token, tokenType };
}

function inOneMessage(entries: readonly ListEntry[], { perMessage, bytesPerMessage }: ListLimits): ListEntry[] {
  const most = Math.max(1, Math.min(perMessage ?? PER_MESSAGE, MOST_ENTRIES));
  const chosen: ListEntry[] = [];
  let bytes = MESSAGE_BYTES;
  for (const entry of entries.slice(0, most)) {
    bytes += ENTRY_BYTES + Buffer.byteLength(JSON.stringify(entry));
    if (bytesPerMessage !== null && bytes > bytesPerMessage && chosen.length > 0) break;
    chosen.push(entry);
  }
  return chosen;
}
