import type { Command } from './commands.js';
import { isSecret } from './standard-variables.js';

const HIDDEN = '***';

/** The command as it may be shown and kept: without the passwords that it gives a charger. */
export function withoutSecrets(command: Command): Command {
  switch (command.kind) {
    case 'set-variables':
      return {
        ...command,
        variables: command.variables.map((one) => (isSecret(one) ? { ...one, value: HIDDEN } : one)),
      };
    case 'set-network-profile': {
      const { apn, vpn, ...rest } = command.connection;
      const { simPin: _pin, apnPassword, ...openApn } = apn ?? { apn: '', apnAuthentication: 'NONE' as const };
      return {
        ...command,
        connection: {
          ...rest,
          ...(apn === undefined
            ? {}
            : { apn: { ...openApn, ...(apnPassword === undefined ? {} : { apnPassword: HIDDEN }) } }),
          ...(vpn === undefined ? {} : { vpn: { ...vpn, password: HIDDEN, key: HIDDEN } }),
        },
      };
    }
    default:
      return command;
  }
}

/** Whether the command gives a charger a password. */
export function hasSecrets(command: Command): boolean {
  return JSON.stringify(withoutSecrets(command)) !== JSON.stringify(command);
}
