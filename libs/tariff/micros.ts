const DECIMAL = /^(\d{1,6})(?:\.(\d{1,6}))?$/;

/** A price per kWh such as "0.245102" in micro-euros, exactly; null when it is no decimal of up to six places. */
export function parseMicros(text: string): number | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  return Number(match[1]) * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'));
}

/** Micro-euros per kWh as price lists print them: six decimals. */
export function formatMicros(microsPerKWh: number): string {
  const digits = String(Math.abs(microsPerKWh)).padStart(7, '0');
  return `${microsPerKWh < 0 ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
