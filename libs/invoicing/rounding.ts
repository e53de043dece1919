import { divideRoundedHalfUp } from '../tariff/rounding.js';

/** VAT in cents on a net amount in cents at a rate in permyriad (2300 is 23 %), rounded half up once. */
export function vatCentsRoundedHalfUp(netCents: number, ratePermyriad: number): number {
  return divideRoundedHalfUp(BigInt(netCents) * BigInt(ratePermyriad), 10_000n);
}
