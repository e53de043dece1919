import type { StoredReconciliation } from '../imputation/reconcile-cycle.js';
import { sum } from '../imputation/sum.js';

/** What of the retailer's bill is recovered and what stays with the condominium, cents net of VAT. */
export interface BillTotals {
  readonly billCents: number;
  readonly recoveredCents: number;
  readonly residualCents: number;
  /** What the lines do not explain: zero, or something is wrong. */
  readonly leftCents: number;
}

export function billTotals({ billCents, lines }: StoredReconciliation): BillTotals {
  const of = (side: string) => sum(lines, (line) => (line.side === side ? line.netCents : 0));
  return {
    billCents: billCents ?? 0,
    recoveredCents: of('recovered'),
    residualCents: of('residual'),
    leftCents: (billCents ?? 0) - sum(lines, ({ netCents }) => netCents),
  };
}
