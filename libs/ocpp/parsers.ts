import { mend16 } from './mend-16.js';
import { mend201 } from './mend-201.js';
import type { ChargerMessage, Protocol } from './messages.js';
import { isKnown16, parse16 } from './parse-16.js';
import { isKnown201, isKnown21, parse201 } from './parse-201.js';

/** How a subprotocol's calls become messages. */
export interface Parser {
  /** Whether a charger may ask this of a central system. */
  isKnown(action: string): boolean;
  /** A payload that breaks the schema in words that can be read; null when it cannot be. */
  mend(action: string, payload: unknown): Record<string, unknown> | null;
  /** Null for what no charger asks of a central system. */
  parse(action: string, payload: unknown, isMended: boolean): ChargerMessage | null;
}

/** By the subprotocols that the central system speaks. */
export const PARSERS: ReadonlyMap<Protocol, Parser> = new Map([
  ['ocpp2.1', { isKnown: isKnown21, mend: mend201, parse: parse201 }],
  ['ocpp2.0.1', { isKnown: isKnown201, mend: mend201, parse: parse201 }],
  ['ocpp1.6', { isKnown: isKnown16, mend: mend16, parse: parse16 }],
]);

/** Whether any version knows this action; what does not is a name anybody may have made up. */
export const isKnownAction = (action: string): boolean =>
  [...PARSERS.values()].some((parser) => parser.isKnown(action));
