import type { Settings } from './settings.js';

/** Where residents see what is due, and come back to from the provider's page. */
export function moneyPageUrl({ publicUrl }: Pick<Settings, 'publicUrl'>): string {
  return `${publicUrl}/my-money`;
}
