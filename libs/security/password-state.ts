import type { CommandState } from '#libs/commands/command-states.js';
import type { ToldVariable } from '#libs/ocpp/command-results.js';
import { isPassword } from '#libs/ocpp/standard-variables.js';

/** How the command that brings a password to its charger stands; null when somebody types it in. */
export interface Bringing {
  readonly state: CommandState;
  /** What its result says of the password: {@link passwordStatus}. */
  readonly status: string | null;
}

/** Null without a command. A command that left, was lost, and then waited again until its end may have been heard all the same. */
export function bringingOf(command: {
  readonly state: string | null;
  readonly sends: number | null;
  readonly result: unknown;
}): Bringing | null {
  if (command.state === null) return null;
  const state = command.state as CommandState;
  const isOver = state === 'expired' || state === 'refused';
  const wasLost = isOver && command.sends !== null && command.sends > 0;
  return { state: wasLost ? 'timed-out' : state, status: passwordStatus(command.result) };
}

/**
 * What a command's result says of the password that it brought. A charger of 2.x answers for each variable of a call: that
 * another one was refused says nothing of the password. Null: there is no result.
 */
export function passwordStatus(result: unknown): string | null {
  if (typeof result !== 'object' || result === null) return null;
  const { status = null, variables = [] } = result as { status?: string; variables?: readonly ToldVariable[] };
  return variables.findLast(({ name }) => isPassword({ name }))?.status ?? status;
}

/** Answers that say the charger keeps the password it has. */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  'rejected',
  'not-supported',
  'unknown-variable',
  'unknown-component',
  'not-in-version',
]);

/**
 * Whether a password that was given may still be what the charger comes with. Only an answer that says no, or a command
 * that never left, rules it out: a charger whose answer was lost may well have taken it.
 */
export function mayComeWith(bringing: Bringing | null): boolean {
  if (bringing === null) return true;
  const { state, status } = bringing;
  switch (state) {
    case 'waiting':
    case 'sent':
    case 'timed-out':
      return true;
    case 'refused':
    case 'expired':
      return false;
    case 'answered':
      return status === null || !NOT_TAKEN.has(status);
    case 'failed':
      // It never left (too many waited, or it could not be opened), or its answer was none.
      return status === 'malformed-answer' || status === 'call-error';
    default:
      return state satisfies never;
  }
}

/** Whether the charger is still to be reached with it. */
export const isUnderWay = (bringing: Bringing | null): boolean =>
  bringing !== null && (bringing.state === 'waiting' || bringing.state === 'sent');
