import { isLocalDay } from '#libs/registry/period.js';

import { refuse } from '../system/refused.js';

/** Refuses flags that are no local days, or that end before they begin. */
export function checkDays({ from, to }: { readonly from?: string; readonly to?: string }): void {
  for (const [flag, text] of [
    ['--from', from],
    ['--to', to],
  ] as const) {
    if (text !== undefined && !isLocalDay(text)) refuse(`${flag} is a local day such as 2026-06-01, not "${text}"`);
  }
  if (from !== undefined && to !== undefined && to < from) refuse(`--to ${to} is before --from ${from}`);
}
