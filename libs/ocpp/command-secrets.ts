import type { Command } from './commands.js';
import { withoutFrameSecrets } from './frame-secrets.js';

/** The command as it may be shown and kept: without the passwords that it gives a charger, also those in URLs. */
export const withoutSecrets = (command: Command): Command => withoutFrameSecrets(withoutPin(command)) as Command;

/** Whether the command gives a charger a password. */
export function hasSecrets(command: Command): boolean {
  return JSON.stringify(withoutSecrets(command)) !== JSON.stringify(command);
}

/** A PIN is a number: nothing stands for it. */
function withoutPin(command: Command): Command {
  if (command.kind !== 'set-network-profile' || command.connection.apn === undefined) return command;
  const { simPin: _pin, ...apn } = command.connection.apn;
  return { ...command, connection: { ...command.connection, apn } };
}
