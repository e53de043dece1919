/** An instant as a charger told it. `at` is null when the text is no instant at all. */
export interface Stamp {
  readonly at: Date | null;
  /** zone-less: read as UTC; adjusted: a leap second moved to :59. */
  readonly note: 'zone-less' | 'adjusted' | 'invalid' | null;
}

const INSTANT = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d):(\d\d)(?:[.,](\d+))?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?$/;

/** An RFC 3339 instant. OCPP 1.6 wants a zone; stamps without one are kept, read as UTC and marked. */
export function parseStamp(text: string): Stamp {
  const parts = INSTANT.exec(text.trim());
  if (parts === null) return { at: null, note: 'invalid' };
  const [, day = '', minute = '', seconds = '', fraction = '', zone] = parts;
  const leap = seconds === '60';
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  const at = new Date(`${day}T${minute}:${leap ? '59' : seconds}.${millis}${offset(zone)}`);
  if (Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1 || at.getUTCFullYear() > 9999) {
    return { at: null, note: 'invalid' };
  }
  return { at, note: zone === undefined ? 'zone-less' : leap ? 'adjusted' : null };
}

function offset(zone: string | undefined): string {
  if (zone === undefined || zone.toUpperCase() === 'Z') return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
