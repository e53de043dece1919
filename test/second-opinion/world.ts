/** A band table as a calendar's JSON has it. */
export interface TableJson {
  readonly season: string;
  readonly dayType: string;
  readonly intervals: readonly { readonly band: string; readonly start: string; readonly end: string }[];
}

/** What of a calendar's JSON decides anything. */
export interface CalendarJson {
  readonly id: string;
  readonly timeZone: string;
  readonly seasons: { readonly rule: string; readonly summerMonths?: readonly number[] | undefined };
  readonly holidays?:
    | {
        readonly rule?: string | undefined;
        readonly country?: string | undefined;
        readonly municipal?: boolean | undefined;
        readonly onlyFixed?: boolean | undefined;
        readonly alsoDays?: readonly { readonly month: number; readonly day: number }[] | undefined;
      }
    | undefined;
  readonly bandRules?: BandRulesJson | undefined;
  readonly sets: readonly { readonly holds: string; readonly tables: readonly TableJson[] }[];
}

export interface BandRulesJson {
  readonly bands: readonly { readonly id: string; readonly label: string }[];
  readonly merges: { readonly [count: string]: { readonly [band: string]: string } | undefined };
}

export interface WorldPrice {
  readonly band: string;
  readonly direction: 'import' | 'export';
  readonly component: string;
  readonly from: string;
  readonly to: string | null;
  readonly microsPerKWh: number;
}

/** Values by the instant from which they hold, for a resolution. */
export interface WorldSeries {
  readonly id: string;
  readonly resolutionMs: number;
  readonly values: ReadonlyMap<number, number>;
}

export interface WorldIndex {
  readonly series: WorldSeries;
  readonly losses: WorldSeries | null;
  readonly lossesPpm: number;
  readonly factorPpm: number;
  readonly marginMicros: number;
}

export interface WorldContract {
  readonly validFrom: string | null;
  readonly validTo: string | null;
  readonly calendar: CalendarJson;
  readonly bands: 1 | 2 | 3 | 4;
  readonly calendarChangeover: string | null;
  readonly holidaysAsSunday: boolean;
  readonly prices: readonly WorldPrice[];
  readonly index: WorldIndex | null;
}

export interface WorldOwner {
  readonly customerId: string | null;
  readonly spotId: string | null;
}

/** Who answers for a charger's energy; null: it is not counted here at all. */
export interface Owners {
  at(chargerId: string, payer: string | null, atMs: number): WorldOwner | null;
  /** Instants at which the answer may change: the walk looks there too, and finds out. */
  readonly changesMs: readonly number[];
}

/** All that decides what readings cost on the local days [from, to]. */
export interface World {
  readonly timeZone: string;
  readonly country: string;
  readonly municipality: string | null;
  readonly from: string;
  readonly to: string;
  readonly contracts: readonly WorldContract[];
  readonly owners: Owners;
  /** How far apart the clock is asked, milliseconds. */
  readonly stepMs: number;
}

export interface WorldReading {
  readonly chargerId: string;
  readonly connectorId: number;
  /** Null: outside any transaction. */
  readonly transactionId: string | null;
  /** The customer whose card started the transaction. */
  readonly payer: string | null;
  readonly atMs: number;
  readonly importWh: number;
  readonly exportWh: number | null;
  readonly row: number;
}

export const NOBODY: Owners = { at: () => ({ customerId: null, spotId: null }), changesMs: [] };
