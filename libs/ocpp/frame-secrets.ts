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
      if (SECRET_FIELDS.has(name)) return [name, hidden(inner)];
      if ((name === 'value' || name === 'attributeValue') && typeof inner === 'string' && namesSecret(fields)) {
        return [name, HIDDEN];
      }
      if (name === 'variableAttribute' && namesSecret(fields)) return [name, withoutValues(inner)];
      if (name === 'vpn') return [name, withoutVpnSecrets(inner)];
      return [name, withoutFrameSecrets(inner)];
    }),
  );
}

/** 2.x reports each of a variable's attributes. */
const withoutValues = (attributes: unknown): unknown =>
  Array.isArray(attributes)
    ? attributes.map((one: object) => ('value' in one ? { ...one, value: hidden(one.value) } : one))
    : attributes;

const hidden = (value: unknown): unknown => (value === undefined || value === null ? value : HIDDEN);

/** 1.6: `{ key, value }`; 2.x: `{ component, variable, attributeValue }`; here `{ name, value }`. */
function namesSecret({ key, name: own, component, variable }: Record<string, unknown>): boolean {
  if (typeof key === 'string') return isSecret({ name: key });
  if (typeof own === 'string') return isSecret({ name: own, ...(typeof component === 'string' ? { component } : {}) });
  const name = nameIn(variable);
  return name !== null && isSecret({ component: nameIn(component) ?? '', name });
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

const URL_SECRET = /^(?<before>\s*[a-z][a-z0-9+.-]*:\/\/[^/?#@:]*:)(?<secret>[^/?#]+)@/i;

/**
 * `ftp://user:secret@host` as chargers are given it for logs and firmware; a secret may hold an `@` of its own. It grows no
 * longer by it: URLs have a longest length.
 */
function withoutUrlSecret(text: string): string {
  return text.replace(
    URL_SECRET,
    (_all, before: string, secret: string) => `${before}${HIDDEN.slice(0, secret.length)}@`,
  );
}
