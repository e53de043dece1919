/** When a claim lapses, and from when people are warned of it. */
export interface ClaimDeadline {
  readonly lapsesAt: Date;
  readonly warnAt: Date;
}

/**
 * Lei 23/96 art. 10.º: the right to the price lapses so many months (6) after the service. The clock runs from the end
 * of the service period, whatever the invoice's date, and no complaint, plan or pause stops it here: whether one does is
 * counsel's question, so the earliest date is what people see.
 * @param periodTo last local day of the service, yyyy-mm-dd
 */
export function claimDeadline(
  periodTo: string,
  policy: { readonly claimLapseMonths: number; readonly lapseWarningDays: number },
  timeZone: string,
): ClaimDeadline {
  const lapses = Temporal.PlainDate.from(periodTo).add({ months: policy.claimLapseMonths });
  const at = (date: Temporal.PlainDate): Date => new Date(date.toZonedDateTime(timeZone).epochMilliseconds);
  return { lapsesAt: at(lapses), warnAt: at(lapses.subtract({ days: policy.lapseWarningDays })) };
}
