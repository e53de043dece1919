import { z } from 'zod';

/** What values of the HTTP API look like, wherever they stand. */
export const instant = z.iso.datetime();
/** A local day, yyyy-mm-dd. */
export const day = z.iso.date();
export const period = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'expected yyyy-mm');
export const cents = z.int();
/** ISO 4217, of the amounts beside it: whatever bears amounts says their currency. */
export const currency = z.string();
export const energyWh = z.int();
/** Micro-units of the currency: six decimals. */
export const micros = z.int();
export const count = z.int().min(0);

/** One page of a list; `nextCursor` is null on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}
