import type { RateRefusal } from '../rating/rated.js';
import type { ImputationRefusal } from './imputed.js';

/**
 * What is missing and from when, for the person who adds it: `ponta:2026-06-17`, or on the installation's clock
 * `omie-pt:2026-06-17T11:15:00+01:00`.
 */
export function refusalDetail(refusal: RateRefusal | ImputationRefusal, timeZone: string): string {
  switch (refusal.code) {
    case 'TARIFF.NOT_FOUND':
      return `${refusal.band}:${refusal.date}`;
    case 'TARIFF.SERIES_MISSING':
      return `${refusal.seriesId}:${Temporal.Instant.from(refusal.at).toString({ timeZone })}`;
    case 'PERMILLAGE.NOT_FOUND':
      return `${refusal.charge}:${refusal.spotName}`;
    default:
      return `${refusal.charge}:${refusal.field}=${refusal.value}`;
  }
}
