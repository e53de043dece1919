import type { ProfilePurpose } from '#libs/ocpp/command-parts.js';
import type { Command, CommandKind } from '#libs/ocpp/commands.js';

/** Profiles that limits are kept by; the others can only lower what a car is given. */
const LIMITING: ReadonlySet<ProfilePurpose> = new Set(['tx-default', 'tx']);

/** Commands that may set or take away what a car may be given. */
export const LIMIT_KINDS: readonly CommandKind[] = ['set-charging-profile', 'clear-charging-profile', 'remote-start'];

/** Whether a command sets, or takes away, what a car may be given. */
export function changesLimits(command: Command): boolean {
  switch (command.kind) {
    case 'set-charging-profile':
      return LIMITING.has(command.profile.purpose);
    case 'remote-start':
      return command.profile !== undefined;
    case 'clear-charging-profile':
      // By its id it may be any; none named: all of them.
      return command.id !== undefined || command.purpose === undefined || LIMITING.has(command.purpose);
    default:
      return false;
  }
}
