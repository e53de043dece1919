export interface Schema {
  readonly $ref?: string;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly nullable?: boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly type?: string;
}

export interface Specification {
  readonly info: { readonly version: string };
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

/** Finds where an object is not what Stripe's OpenAPI says: what is missing, unknown, of another type, or no word of it. */
export class OpenApiCheck {
  constructor(private readonly specification: Specification) {}

  /** The problems of an object of one of Stripe's kinds, each with its place: `charge.outcome.type: …`. */
  problemsOf(kind: string, value: unknown): string[] {
    return this.check(value, { $ref: kind }, kind);
  }

  private resolve(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const name = schema.$ref.split('/').pop() ?? '';
    const found = this.specification.components.schemas[name];
    if (found === undefined) throw new Error(`the specification has no ${name}`);
    return found;
  }

  private check(value: unknown, given: Schema, place: string): string[] {
    const schema = this.resolve(given);
    if (value === null) return schema.nullable === true || given.nullable === true ? [] : [`${place}: is null`];
    if (schema.anyOf !== undefined) {
      const attempts = schema.anyOf.map((one) => this.check(value, one, place));
      return attempts.sort((a, b) => a.length - b.length)[0] ?? [];
    }
    if (schema.type !== undefined && !isOfType(value, schema.type)) return [`${place}: is no ${schema.type}`];
    if (schema.enum !== undefined && !schema.enum.includes(value)) {
      return [`${place}: ${JSON.stringify(value)} is none of ${schema.enum.join(', ')}`];
    }
    if (Array.isArray(value)) {
      const { items = {} } = schema;
      return value.flatMap((item, index) => this.check(item, items, `${place}[${index}]`));
    }
    return typeof value === 'object' ? this.checkObject(value, schema, place) : [];
  }

  private checkObject(value: object, schema: Schema, place: string): string[] {
    const { properties, required = [], additionalProperties } = schema;
    if (properties === undefined) return [];
    const missing = required.filter((name) => !(name in value)).map((name) => `${place}.${name}: is missing`);
    const wrong = Object.entries(value).flatMap(([name, inner]) => {
      const property = properties[name];
      if (property !== undefined) return inner === undefined ? [] : this.check(inner, property, `${place}.${name}`);
      return additionalProperties === undefined || additionalProperties === false
        ? [`${place}.${name}: is unknown`]
        : [];
    });
    return [...missing, ...wrong];
  }
}
