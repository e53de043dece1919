import type { Command } from './commands.js';
import { isPassword } from './standard-variables.js';

/** 1.6's AuthorizationKey: 16 to 20 bytes as hexadecimal digits (security white paper, 2.4 and 5). */
const HEXADECIMAL = /^(?:[0-9a-f]{2}){16,20}$/i;
/** 2.0.1's BasicAuthPassword: 16 to 40 characters (A00.FR.205); digits of 1.6 are among them. */
const CHARACTERS = /^[\x21-\x7e]{16,40}$/;

/** The bytes that a password's hexadecimal digits stand for; null for one that is not of such digits. */
export function bytesOf(password: string): Buffer | null {
  return HEXADECIMAL.test(password) ? Buffer.from(password, 'hex') : null;
}

/** The password that a command gives a charger; null when it gives none. */
export function passwordIn(command: Command): string | null {
  return command.kind === 'set-variables' ? (command.variables.findLast(isPassword)?.value ?? null) : null;
}

/**
 * Whether a charger may be given this password: what it is and how long, in the charger's version, or in any while that is
 * not known; and that a command names no second one beside it.
 */
export function isAllowed(command: Command, protocol: string | null): boolean {
  if (command.kind !== 'set-variables') return true;
  const passwords = command.variables.filter(isPassword);
  if (passwords.length > 1) return false;
  return passwords.every(({ value }) => (protocol === 'ocpp1.6' ? HEXADECIMAL : CHARACTERS).test(value));
}
