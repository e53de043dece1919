/** Sign, whole digits, fraction digits, exponent. A comma is no decimal point in OCPP. */
const DECIMAL = /^\s*([+-]?)(\d{1,20})(?:\.(\d{0,20}))?(?:[eE]([+-]?\d{1,2}))?\s*$/;

/**
 * A decimal text times 10^shift as an integer, rounded half away from zero; no floating point on the way.
 * `scaleDecimal('1204.5', 3)` is 1204500. Null for what is no decimal or does not fit a safe integer.
 */
export function scaleDecimal(text: string, shift: number): number | null {
  const parts = DECIMAL.exec(text);
  if (parts === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const point = whole.length + Number(exponent) + shift;
  const digits = whole + fraction;
  const integer = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
  const nextDigit = point < 0 ? '0' : (digits[point] ?? '0');
  const magnitude = BigInt(integer) + (nextDigit >= '5' ? 1n : 0n);
  const value = Number(magnitude);
  if (!Number.isSafeInteger(value)) return null;
  return sign === '-' && value !== 0 ? -value : value;
}
