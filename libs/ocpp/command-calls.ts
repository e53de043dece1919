import { callOf16 } from './commands-16.js';
import { callOf201 } from './commands-201.js';
import type { Call, Command } from './commands.js';

/** How each subprotocol asks; 2.1 takes 2.0.1's calls, which its schemas only add to. */
const CALLS: Readonly<Record<string, (command: Command, number: number) => Call>> = {
  'ocpp1.6': callOf16,
  'ocpp2.0.1': callOf201,
  'ocpp2.1': callOf201,
};

/** A command in the words of a connection's subprotocol. */
export function callOf(protocol: string, command: Command, number: number): Call {
  return CALLS[protocol]?.(command, number) ?? { unsupported: 'not-in-version' };
}
