import { partyOf } from '../tariff/charge-words.js';
import type { ChargeLine } from './plan-invoice.js';
import { lineKindOf } from './stored-words.js';

/** What document lines, adjustment lines and rated lines have in common as they are stored. */
export interface StoredChargeLine {
  readonly kind: string;
  readonly party: string;
  readonly spot_name: string | null;
  readonly charger_id: string | null;
  readonly season: string | null;
  readonly day_type: string | null;
  readonly band: string | null;
  readonly label: string;
  readonly charge_code: string | null;
  readonly interval: string | null;
  readonly wh: number | null;
  readonly estimated_wh: number | null;
  readonly estimated_error_wh: number | null;
  readonly micros_per_kwh: number | null;
  readonly is_average_price: boolean;
  readonly net_cents: number;
  readonly vat_code: string;
  readonly exemption_code: string | null;
}

/** A stored line as a charge of its own month. Throws on a word that is none. */
export function chargeLineOf(row: StoredChargeLine): ChargeLine {
  return {
    kind: lineKindOf(row.kind),
    party: partyOf(row.party),
    spotName: row.spot_name,
    chargerId: row.charger_id,
    season: row.season,
    dayType: row.day_type,
    band: row.band,
    label: row.label,
    code: row.charge_code,
    interval: row.interval,
    wh: row.wh,
    estimatedWh: row.estimated_wh,
    estimatedErrorWh: row.estimated_error_wh,
    microsPerKWh: row.micros_per_kwh,
    isAveragePrice: row.is_average_price,
    netCents: row.net_cents,
    vatCode: row.vat_code,
    exemptionCode: row.exemption_code,
    adjustsPeriod: null,
  };
}

/** The same the other way round: a charge as lines of documents and adjustments are stored. */
export function chargeColumns(line: ChargeLine): StoredChargeLine {
  return {
    kind: line.kind,
    party: line.party,
    spot_name: line.spotName,
    charger_id: line.chargerId,
    season: line.season,
    day_type: line.dayType,
    band: line.band,
    label: line.label,
    charge_code: line.code,
    interval: line.interval,
    wh: line.wh,
    estimated_wh: line.estimatedWh,
    estimated_error_wh: line.estimatedErrorWh,
    micros_per_kwh: line.microsPerKWh,
    is_average_price: line.isAveragePrice,
    net_cents: line.netCents,
    vat_code: line.vatCode,
    exemption_code: line.exemptionCode,
  };
}

/** What a line that is no energy has none of; its charge's code is not always known. */
export const NO_ENERGY = {
  code: null,
  chargerId: null,
  season: null,
  dayType: null,
  band: null,
  interval: null,
  wh: null,
  estimatedWh: null,
  estimatedErrorWh: null,
  microsPerKWh: null,
  isAveragePrice: false,
  adjustsPeriod: null,
} as const;

type ChargeFacts = Pick<ChargeLine, 'party' | 'spotName' | 'label' | 'code' | 'netCents' | 'vatCode' | 'exemptionCode'>;

/** A charge that is no energy. */
export function fixedCharge(facts: ChargeFacts): ChargeLine {
  return { ...NO_ENERGY, ...facts, kind: 'fixed-charge' };
}
