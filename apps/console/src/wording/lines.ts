import type { RatedLine } from '#apps/backoffice/api-types.js';

export interface LineTable {
  readonly season: string;
  readonly dayType: string;
  readonly lines: RatedLine[];
  readonly wh: number;
  readonly cents: number;
}
export interface LinePlace {
  readonly key: string;
  readonly spotName: string | null;
  readonly chargerLabel: string;
  readonly tables: LineTable[];
  readonly wh: number;
  readonly cents: number;
}

const DAY_TYPES = ['Semana', 'Sabado', 'Domingo', 'Todos'];
const dayOrder = (dayType: string): number => {
  const index = DAY_TYPES.indexOf(dayType);
  return index < 0 ? DAY_TYPES.length : index;
};

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

const sumOf = (lines: readonly RatedLine[], pick: (line: RatedLine) => number): number =>
  lines.reduce((sum, line) => sum + pick(line), 0);

/**
 * The lines as the charging report prints them: by spot and charger, then by season and day type (week, Saturday,
 * Sunday), the lines within in their given order. Totals are sums of printed lines; energy fed back counts negative.
 */
export function groupLines(lines: readonly RatedLine[]): LinePlace[] {
  const signedWh = (line: RatedLine): number => (line.direction === 'export' ? -line.wh : line.wh);
  return groupBy(lines, (line) => `${line.spotName ?? ''}/${line.chargerLabel}`).flatMap((ofPlace) => {
    const [first] = ofPlace;
    if (first === undefined) return [];
    const tables = groupBy(ofPlace, (line) => `${line.season}/${line.dayType}`).flatMap((ofTable) => {
      const [head] = ofTable;
      if (head === undefined) return [];
      const { season, dayType } = head;
      const cents = sumOf(ofTable, (line) => line.cents);
      return [{ season, dayType, lines: ofTable, wh: sumOf(ofTable, signedWh), cents }];
    });
    const seasons = [...new Set(tables.map((table) => table.season))];
    tables.sort(
      (a, b) => seasons.indexOf(a.season) - seasons.indexOf(b.season) || dayOrder(a.dayType) - dayOrder(b.dayType),
    );
    return [
      {
        key: `${first.spotName ?? ''}/${first.chargerLabel}`,
        spotName: first.spotName,
        chargerLabel: first.chargerLabel,
        tables,
        wh: sumOf(ofPlace, signedWh),
        cents: sumOf(ofPlace, (line) => line.cents),
      },
    ];
  });
}
