import standardValidators from 'ocpp-rpc/lib/standard-validators.js';

import type { Protocol } from '#libs/ocpp/messages.js';

type Schema = Readonly<Record<string, unknown>>;

interface SchemaBook {
  readonly subprotocol: string;
  readonly _ajv: { readonly schemas: Readonly<Record<string, { readonly schema: Schema }>> };
}

/** The calls of a version by ocpp-rpc's schemas of it (its 2.1 names them `…Request`), each with its smallest payload. */
export function smallestCalls(protocol: Protocol): { action: string; payload: unknown }[] {
  const books = standardValidators as unknown as readonly SchemaBook[];
  const book = books.find(({ subprotocol }) => subprotocol === protocol);
  if (book === undefined) throw new Error(`ocpp-rpc has no schema of ${protocol}`);
  return Object.entries(book._ajv.schemas).flatMap(([id, { schema }]) => {
    const action = /^urn:(\w+?)(?:\.req|Request)$/.exec(id)?.[1];
    return action === undefined ? [] : [{ action, payload: smallest(schema, schema) }];
  });
}

/** The least that a schema allows: what it requires, and of that the shortest and lowest. */
function smallest(schema: Schema, root: Schema): unknown {
  if (typeof schema['$ref'] === 'string') return smallest(definition(schema['$ref'], root), root);
  if (Array.isArray(schema['enum'])) return schema['enum'][0];
  switch (schema['type']) {
    case 'object':
      return smallestObject(schema, root);
    case 'array':
      return Array.from({ length: Number(schema['minItems'] ?? 0) }, () => smallest(schema['items'] as Schema, root));
    case 'string':
      return schema['format'] === 'date-time' ? '2026-06-01T10:00:00Z' : schema['format'] === 'uri' ? 'urn:x' : 'x';
    case 'integer':
    case 'number':
      return Number(schema['minimum'] ?? 0);
    case 'boolean':
      return false;
    default:
      throw new Error(`nothing is known of ${JSON.stringify(schema)}`);
  }
}

function smallestObject(schema: Schema, root: Schema): Record<string, unknown> {
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, Schema>>;
  const required = (schema['required'] ?? []) as readonly string[];
  return Object.fromEntries(required.map((name) => [name, smallest(properties[name] ?? {}, root)]));
}

function definition(ref: string, root: Schema): Schema {
  const name = ref.replace('#/definitions/', '');
  const found = (root['definitions'] as Readonly<Record<string, Schema>>)[name];
  if (found === undefined) throw new Error(`no ${ref}`);
  return found;
}
