import type { SpotState } from '#apps/backoffice/api-types.js';

import { nameOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';

/** The live state of a spot in the words of the service's own screen. */
export function spotText(words: Pick<Words, 't' | 'kW'>, state: SpotState): string {
  const { t, kW } = words;
  switch (state.code) {
    case 'charging':
      if (state.powerW === null) return t('spot.state.charging.plain');
      if (state.offeredW === null) return t('spot.state.charging.power', { power: kW(state.powerW) });
      return t('spot.state.charging', { power: kW(state.powerW), offered: kW(state.offeredW) });
    case 'waiting':
      if (state.offeredW === null || state.offeredW === 0) return t('spot.state.waiting');
      return t('spot.state.waiting.offered', { offered: kW(state.offeredW) });
    case 'faulted':
      if (state.errorCode === null || state.errorCode === 'NoError') return t('spot.state.faulted');
      return t('spot.state.faulted.code', { code: nameOf(t, 'charger-error', state.errorCode) });
    case 'disconnected':
    case 'finished':
    case 'offline':
    case 'no-charger':
      return t(`spot.state.${state.code}`);
    default:
      return never(state.code);
  }
}

function never(code: never): string {
  return String(code);
}
