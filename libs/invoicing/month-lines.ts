import { imputedMonth } from '../imputation/impute-cycle.js';
import type { Imputed } from '../imputation/imputed.js';
import type { Sql } from '../persistence/database.js';
import { rateMonth, type MonthSpan } from '../rating/rate-month.js';
import type { Line } from '../rating/rated.js';
import type { ChargeLine } from './plan-invoice.js';
import { fixedCharge } from './stored-line.js';

/** What is invoiced of a month, by customer. */
export type LinesByCustomer = ReadonlyMap<string, readonly ChargeLine[]>;

/** Why a month cannot be computed as the database stands now. */
export interface MonthRefusal {
  readonly code: string;
  readonly detail: string;
}

/**
 * What should be invoiced of a month, from what the database holds now: rated and imputed by the same path as when it
 * was billed. Stores nothing. What no customer answers for is left out.
 */
export async function monthAsItShouldBe(
  sql: Sql,
  month: MonthSpan,
): Promise<{ readonly ok: LinesByCustomer } | { readonly refused: MonthRefusal }> {
  const rated = await rateMonth(sql, month);
  if ('refused' in rated) return { refused: { code: rated.refused.code, detail: JSON.stringify(rated.refused) } };
  const energy = rated.ok.lines.map(({ owner, direction, band, wh, cents }) => {
    return { customerId: owner.customerId, direction, band, wh, cents };
  });
  const imputed = await imputedMonth(sql, month, energy);
  if ('refused' in imputed) return { refused: { code: imputed.refused.code, detail: JSON.stringify(imputed.refused) } };
  const spotNames = await spotNamesOf(sql, month.installationId);
  const nameOf = (spotId: string | null) => (spotId === null ? null : (spotNames.get(spotId) ?? null));
  const lines: (readonly [customerId: string | null, line: ChargeLine])[] = [
    ...rated.ok.lines.map((line) => [line.owner.customerId, energyLine(line, nameOf(line.owner.spotId))] as const),
    ...imputed.ok.map((line) => [line.customerId, imputedLine(line, nameOf(line.spotId))] as const),
  ];
  const held = lines.filter((line): line is readonly [string, ChargeLine] => line[0] !== null);
  const byCustomer = Map.groupBy(held, ([customerId]) => customerId);
  return { ok: new Map([...byCustomer].map(([customerId, own]) => [customerId, own.map(([, line]) => line)])) };
}

async function spotNamesOf(sql: Sql, installationId: string): Promise<Map<string, string>> {
  const spots = await sql
    .selectFrom('spot')
    .select(['id', 'name'])
    .where('installation_id', '=', installationId)
    .execute();
  return new Map(spots.map(({ id, name }) => [id, name]));
}

/** A rated line as it is invoiced. */
export function energyLine(line: Line, spotName: string | null): ChargeLine {
  return {
    kind: line.direction === 'export' ? 'energy-export' : 'energy',
    party: 'retailer',
    spotName,
    chargerId: line.chargerId,
    season: line.season,
    dayType: line.dayType,
    band: line.band,
    label: line.label,
    code: null,
    interval: line.interval,
    wh: line.wh,
    estimatedWh: line.estimatedWh,
    estimatedErrorWh: line.estimatedErrorWh,
    microsPerKWh: line.microsPerKWh,
    isAveragePrice: line.isAveragePrice,
    netCents: line.cents,
    vatCode: line.vatCode,
    exemptionCode: line.exemptionCode,
    adjustsPeriod: null,
  };
}

function imputedLine(imputed: Imputed, spotName: string | null): ChargeLine {
  const { party, label, code, netCents, vatCode, exemptionCode } = imputed;
  return fixedCharge({ party, spotName, label, code, netCents, vatCode, exemptionCode });
}
