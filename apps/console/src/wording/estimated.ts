import type { RatedLine } from '#apps/backoffice/api-types.js';

import type { Words } from '../texts/words.js';

/** That part of a line's energy is estimated, and by how much it can be off at worst; empty where nothing is. */
export function estimatedText(
  { t, kWh }: Pick<Words, 't' | 'kWh'>,
  { estimatedWh, estimatedErrorWh }: Pick<RatedLine, 'estimatedWh' | 'estimatedErrorWh'>,
): string {
  if (estimatedWh === 0) return '';
  // Months rated before the worst case was reckoned have none.
  if (estimatedErrorWh === 0) return t('cmonth.estimated', { wh: kWh(estimatedWh) });
  return t('cmonth.estimated.worst', { wh: kWh(estimatedWh), error: kWh(estimatedErrorWh) });
}
