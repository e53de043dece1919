/** The month so many after one (yyyy-mm); before it when negative. */
export function monthAfter(month: string, count: number): string {
  const at = new Date(`${month}-01T00:00:00Z`);
  at.setUTCMonth(at.getUTCMonth() + count);
  return at.toISOString().slice(0, 7);
}

/** The days of a month, half-open. */
export const spanOf = (month: string) => ({ from: `${month}-01`, to: `${monthAfter(month, 1)}-01` });
