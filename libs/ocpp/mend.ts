/** What a mended payload is read from. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of a payload; an empty list has none: so some write an object without fields. Null for what has no fields. */
export function fieldsOf(payload: unknown): Fields | null {
  if (Array.isArray(payload) && payload.length === 0) return {};
  return isFields(payload) ? payload : null;
}

/** The fields, unless one of them could not be read. */
export function whole(fields: Record<string, unknown>): Record<string, unknown> | null {
  return Object.values(fields).includes(null) ? null : fields;
}

export function told(name: string, value: unknown): Record<string, unknown> {
  return value === null ? {} : { [name]: value };
}

export function text(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.trim() : null;
}

/** The one of the words that is meant, in whatever case; null for any other. */
export function wordOf(words: readonly string[], value: unknown): string | null {
  const said = text(value)?.toLowerCase();
  return words.find((word) => word.toLowerCase() === said) ?? null;
}

/** What names a make or a version is shown to people: more than this says no more. */
const LONGEST_NAME = 100;

export function shortName(value: unknown): string | null {
  return text(value)?.slice(0, LONGEST_NAME) ?? null;
}

/** Who made a charger, and what it is; null when it says neither. */
export function bootWords(vendor: unknown, model: unknown): { vendor: string; model: string } | null {
  const words = { vendor: shortName(vendor) ?? '', model: shortName(model) ?? '' };
  return words.vendor === '' && words.model === '' ? null : words;
}

/** Units as chargers also write them. */
const UNITS: Readonly<Record<string, string>> = { wh: 'Wh', kwh: 'kWh', w: 'W', kw: 'kW' };

export function unitOf(value: unknown): string | null {
  const unit = text(value);
  return unit === null ? null : (UNITS[unit.toLowerCase()] ?? unit);
}

/** The elements with a time and a value; what else there is stays in the raw message. */
export function meterValues(
  list: unknown,
  sampledValueOf: (sampled: Fields) => Record<string, unknown> | null,
): Record<string, unknown>[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isFields).flatMap((element) => {
    const timestamp = text(element['timestamp']);
    const values: readonly unknown[] = Array.isArray(element['sampledValue']) ? element['sampledValue'] : [];
    const sampledValue = values.filter(isFields).flatMap((value) => sampledValueOf(value) ?? []);
    return timestamp === null || sampledValue.length === 0 ? [] : [{ timestamp, sampledValue }];
  });
}
