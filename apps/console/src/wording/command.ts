import type { ChargerCommand } from '#apps/backoffice/api-types.js';

import { nameOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';

export type CommandKind = ChargerCommand['kind'];

/** What each kind is asked with: a beginning for the form, which the person changes. */
export const EXAMPLES: Readonly<Record<CommandKind, object>> = {
  'remote-start': { token: 'CARD', connectorId: 1 },
  'remote-stop': { transaction: 1 },
  reset: { mode: 'graceful' },
  unlock: { connectorId: 1 },
  'change-availability': { connectorId: 1, plug: 1, available: true },
  'get-variables': { variables: [{ name: 'HeartbeatInterval' }] },
  'set-variables': { variables: [{ name: 'HeartbeatInterval', value: '300' }] },
  'clear-cache': {},
  'data-transfer': { vendorId: 'vendor', messageId: 'message', data: '' },
  'trigger-message': { message: 'status', connectorId: 1, plug: 1 },
  reserve: { reservationId: 1, connectorId: 1, token: 'CARD', expiresAt: '2030-01-01T12:00:00Z' },
  'cancel-reservation': { reservationId: 1 },
  'send-local-list': { version: 1, update: 'full', entries: [{ token: 'CARD', status: 'Accepted' }] },
  'get-local-list-version': {},
  'set-charging-profile': {
    connectorId: 1,
    profile: {
      id: 1,
      stackLevel: 0,
      purpose: 'tx-default',
      kind: 'relative',
      schedule: { unit: 'A', periods: [{ startS: 0, limit: 16 }] },
    },
  },
  'clear-charging-profile': { id: 1 },
  'get-charging-profiles': {},
  'get-composite-schedule': { connectorId: 1, durationS: 3600 },
  'update-firmware': { location: 'https://', retrieveAt: '2030-01-01T02:00:00Z' },
  'publish-firmware': { location: 'https://', checksum: '' },
  'unpublish-firmware': { checksum: '' },
  'get-diagnostics': { location: 'ftp://' },
  'get-log': { log: 'diagnostics', location: 'ftp://' },
  'certificate-signed': { chain: '' },
  'install-certificate': { use: 'csms-root', certificate: '' },
  'delete-certificate': {
    certificate: { hashAlgorithm: 'SHA256', issuerNameHash: '', issuerKeyHash: '', serialNumber: '' },
  },
  'get-certificates': { uses: ['csms-root'] },
  'get-transaction-status': {},
  'get-base-report': { base: 'full' },
  'get-report': { criteria: ['Problem'] },
  'set-monitoring-base': { base: 'FactoryDefault' },
  'set-monitoring-level': { severity: 4 },
  'set-variable-monitoring': {
    monitors: [{ component: 'EVSE', name: 'Temperature', type: 'UpperThreshold', value: 70, severity: 3 }],
  },
  'get-monitoring-report': {},
  'clear-variable-monitoring': { ids: [1] },
  'set-network-profile': {
    slot: 1,
    connection: {
      ocppVersion: 'OCPP20',
      ocppTransport: 'JSON',
      ocppCsmsUrl: 'wss://',
      messageTimeout: 30,
      securityProfile: 2,
      ocppInterface: 'Wired0',
    },
  },
  'set-display-message': { message: { id: 1, priority: 'NormalCycle', format: 'UTF8', text: '' } },
  'get-display-messages': {},
  'clear-display-message': { id: 1 },
  'cost-updated': { transaction: '', totalCents: 0 },
  'customer-information': { token: 'CARD', report: true, clear: false },
};

export const KINDS = Object.keys(EXAMPLES) as readonly CommandKind[];

/** Kinds that may end somebody's charging: asked for only after a word of warning. */
export const INTERRUPTS: ReadonlySet<CommandKind> = new Set<CommandKind>([
  'remote-stop',
  'reset',
  'unlock',
  'change-availability',
  'update-firmware',
  'set-charging-profile',
]);

/** What a command is about where its kind does not say it: the settings it changes, and to what. */
export function subjectText({ kind, request }: Pick<ChargerCommand, 'kind' | 'request'>): string {
  if (kind !== 'set-variables') return '';
  const variables = (request['variables'] ?? []) as readonly { readonly name: string; readonly value?: string }[];
  return variables.map(({ name, value = '' }) => (value === '' ? name : `${name} = ${value}`)).join(', ');
}

/** What became of a command in one line: its state, and the result where there is one. */
export function outcomeText({ t }: Pick<Words, 't'>, { state, result }: ChargerCommand): string {
  const how = nameOf(t, 'command.state', state);
  return result === null ? how : `${how}: ${nameOf(t, 'command.result', result.status)}`;
}

/** What else a charger told, as text for a person who knows the protocol; empty when it told nothing. */
export function detailText({ result }: Pick<ChargerCommand, 'result'>): string {
  if (result === null) return '';
  const { status: _status, ...rest } = result;
  return Object.keys(rest).length === 0 ? '' : JSON.stringify(rest, null, 2);
}

/** The fields of a command as a person wrote them; null while they are no JSON object. */
export function fieldsFrom(text: string): Record<string, unknown> | null {
  try {
    const fields: unknown = JSON.parse(text);
    return typeof fields === 'object' && fields !== null && !Array.isArray(fields)
      ? (fields as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
