import type { Party } from '#libs/tariff/charge-words.js';

import type { PlanTerms, UnknownTerm } from './charges.js';
import type { HeldSpot } from './holdings.js';

/** What imputation reads of a rated line; energy in Wh, cents negative for energy fed back. */
export interface RatedEnergy {
  readonly customerId: string | null;
  readonly direction: string;
  readonly band: string;
  readonly wh: number;
  readonly cents: number;
}

/** All that decides a month's charges. */
export interface ImputationFacts {
  /** The month's local days, yyyy-mm-dd, in order. */
  readonly days: readonly string[];
  /** Minute at which each day begins, since the month's beginning, and at the end the minutes of the whole month. */
  readonly dayMinutes: readonly number[];
  readonly plans: readonly PlanTerms[];
  readonly spots: readonly HeldSpot[];
  readonly energy: readonly RatedEnergy[];
}

/** A customer's (null: the condominium's) part of a charge, and how it came about. */
export interface Imputed {
  readonly customerId: string | null;
  readonly spotId: string | null;
  readonly party: Party;
  readonly code: string;
  readonly label: string;
  readonly unit: string;
  readonly micros: number;
  /** The first local day of the month on which the charge holds, and on how many. */
  readonly fromDate: string;
  readonly days: number;
  /** equal, permillage, spot, consumption, none; `own`: a charge that each has of their own, divided among nobody. */
  readonly shareBy: string;
  /** The whole of the charge in cents; this one's weight and the sum of all weights. */
  readonly totalCents: number;
  readonly weight: number;
  readonly totalWeight: number;
  readonly netCents: number;
  readonly vatCode: string;
  readonly exemptionCode: string | null;
}

export type ImputationRefusal =
  | UnknownTerm
  | { readonly code: 'PERMILLAGE.NOT_FOUND'; readonly charge: string; readonly spotName: string };
