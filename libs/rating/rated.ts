import type { Band, Direction } from '#libs/tariff/bands.js';

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
  readonly microsPerKWh: number;
  readonly cents: number;
  readonly calendarId: string;
  readonly owner: Owner;
}

export interface Rated {
  readonly lines: readonly Line[];
  /** Sums of the printed lines; `totalWh` counts energy in and energy out alike. */
  readonly totalWh: number;
  readonly totalCents: number;
  /** What the registers moved outside transactions. */
  readonly unattributedWh: number;
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

export type RateResult = { readonly ok: Rated } | { readonly refused: TariffNotFound };
