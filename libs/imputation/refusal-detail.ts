import type { RateRefusal } from '../rating/rated.js';
import type { ImputationRefusal } from './imputed.js';

/** What is missing and from when, for the person who adds it: `ponta:2026-06-17`, `omie-pt:2026-06-17T10:15:00.000Z`. */
export function refusalDetail(refusal: RateRefusal | ImputationRefusal): string {
  switch (refusal.code) {
    case 'TARIFF.NOT_FOUND':
      return `${refusal.band}:${refusal.date}`;
    case 'TARIFF.SERIES_MISSING':
      return `${refusal.seriesId}:${refusal.at}`;
    case 'PERMILLAGE.NOT_FOUND':
      return `${refusal.charge}:${refusal.spotName}`;
    default:
      return `${refusal.charge}:${refusal.field}=${refusal.value}`;
  }
}
