/**
 * `numerator / denominator` to the nearest integer, halves away from zero: half up for what is charged, and a
 * correction of the same size gives the same amount with the other sign. Exact: no floating point.
 * Throws RangeError on anything but safe integers and a positive denominator.
 */
export function divideRoundedHalfUp(numerator: bigint, denominator: bigint): number {
  if (denominator <= 0n) throw new RangeError(`denominator ${denominator} is not positive`);
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  const result = Number(numerator < 0n ? -rounded : rounded);
  if (!Number.isSafeInteger(result)) throw new RangeError(`${numerator} / ${denominator} is no safe integer`);
  return result === 0 ? 0 : result;
}
