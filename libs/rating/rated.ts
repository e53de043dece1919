import type { Band, Direction } from '#libs/tariff/bands.js';
import type { PricePart } from '#libs/tariff/tariff.js';

import type { Owner } from './timeline.js';

/** Why a row of the readings was not counted as it stands. */
export type RejectReason = 'malformed' | 'conflicting-duplicate' | 'register-fell';
export interface Rejected {
  /** Counted from 1 after the header. */
  readonly row: number;
  readonly reason: RejectReason;
}

/** One printed line: energy × price of a charger, season, day type, band interval and price. */
export interface Line {
  readonly chargerId: string;
  readonly season: string;
  readonly dayType: string;
  readonly band: Band;
  readonly label: string;
  readonly interval: string;
  readonly direction: Direction;
  readonly wh: number;
  readonly estimatedWh: number;
  /** How far the estimated energy can be off at worst. */
  readonly estimatedErrorWh: number;
  readonly microsPerKWh: number;
  /** The price is indexed and changed within the line: `microsPerKWh` is the mean, `cents` are exact. */
  readonly isAveragePrice: boolean;
  /** What the price is made of; null where it is a mean. */
  readonly priceParts: readonly PricePart[] | null;
  readonly cents: number;
  readonly calendarId: string;
  readonly vatCode: string;
  readonly exemptionCode: string | null;
  readonly owner: Owner;
}

/** A charger's transactions that ran at the same time over the same stretch of a register: each is billed for it. */
export interface CountedTwice {
  readonly chargerId: string;
  readonly wh: number;
  /** As the readings name them. */
  readonly transactions: readonly string[];
}

export interface Rated {
  readonly lines: readonly Line[];
  /** Sums of the printed lines; `totalWh` counts energy in and energy out alike. */
  readonly totalWh: number;
  readonly totalCents: number;
  /** What the registers moved outside transactions. */
  readonly unattributedWh: number;
  readonly countedTwice: readonly CountedTwice[];
  readonly rejected: readonly Rejected[];
}

/** The tariff has no price for a band in use: nothing is rated. `band` is `*` where no contract holds at all. */
export interface TariffNotFound {
  readonly code: 'TARIFF.NOT_FOUND';
  readonly band: Band | '*';
  readonly direction: Direction;
  /** The first local day in question, yyyy-mm-dd. */
  readonly date: string;
}

/** The series of an indexed price lacks values for a time in which energy was used: nothing is rated. */
export interface SeriesMissing {
  readonly code: 'TARIFF.SERIES_MISSING';
  readonly seriesId: string;
  /** The first instant in question, ISO 8601, and its local day. */
  readonly at: string;
  readonly date: string;
}

export type RateRefusal = TariffNotFound | SeriesMissing;
export type RateResult = { readonly ok: Rated } | { readonly refused: RateRefusal };
