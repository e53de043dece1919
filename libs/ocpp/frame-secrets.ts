import { isSecret } from './standard-variables.js';

const HIDDEN = '***';

/** Fields that hold a secret wherever they stand (SetNetworkProfile's, UpdateFirmware's and the like). */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'password',
  'apnPassword',
  'basicAuthPassword',
  'simPin',
  'privateKey',
]);
/** A VPN's pre-shared key stands in a field that elsewhere names a setting. */
const VPN_FIELDS: ReadonlySet<string> = new Set(['key', 'password', 'user']);

/** A payload or an answer as it may be kept and shown: without passwords and keys, everything else as it was. */
export function withoutFrameSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutFrameSecrets);
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? withoutUrlSecret(value) : value;
  const fields: Record<string, unknown> = { ...value };
  return Object.fromEntries(
    Object.entries(fields).map(([name, inner]) => {
      if (SECRET_FIELDS.has(name) || (name === 'value' && namesSecret(fields))) return [name, hidden(inner)];
      if (name === 'attributeValue' && namesSecret(fields)) return [name, hidden(inner)];
      if (name === 'vpn') return [name, withoutVpnSecrets(inner)];
      return [name, withoutFrameSecrets(inner)];
    }),
  );
}

const hidden = (value: unknown): unknown => (value === undefined || value === null ? value : HIDDEN);

/** 1.6: `{ key, value }`; 2.x: `{ component, variable, attributeValue }`. */
function namesSecret({ key, component, variable }: Record<string, unknown>): boolean {
  if (typeof key === 'string') return isSecret({ name: key }) || /password|authorizationkey|secret/i.test(key);
  const name = nameIn(variable);
  if (name === null) return false;
  return isSecret({ component: nameIn(component) ?? '', name }) || /password|secret/i.test(name);
}

function nameIn(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('name' in value)) return null;
  return typeof value.name === 'string' ? value.name : null;
}

function withoutVpnSecrets(vpn: unknown): unknown {
  if (typeof vpn !== 'object' || vpn === null) return vpn;
  return Object.fromEntries(
    Object.entries(vpn).map(([name, inner]: [string, unknown]) => [name, VPN_FIELDS.has(name) ? hidden(inner) : inner]),
  );
}

/** `ftp://user:secret@host` as chargers are given it for logs and firmware. */
function withoutUrlSecret(text: string): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#@]*@/i, `$1:${HIDDEN}@`);
}
