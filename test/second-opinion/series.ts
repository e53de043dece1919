import type { WorldReading } from './world.js';

export interface SlowRejected {
  readonly row: number;
  readonly reason: string;
}

/** Readings of one register: a connector of a charger. */
export function splitByMeter(readings: readonly WorldReading[]): readonly WorldReading[][] {
  const key = ({ chargerId, connectorId }: WorldReading) => JSON.stringify([chargerId, connectorId]);
  return [...Map.groupBy(readings, key).values()];
}

/** Readings of one meter that are compared with each other: a transaction's, or those outside any. */
export function splitBySeries(readings: readonly WorldReading[]): readonly WorldReading[][] {
  return [...Map.groupBy(readings, ({ transactionId }) => transactionId).values()];
}

/**
 * One reading per instant, in order of time: the first in the file stands. Another value at the same instant is rejected;
 * the same again is silent, and gives the export register where the first came without.
 */
export function soundReadings(series: readonly WorldReading[], rejected: SlowRejected[]): WorldReading[] {
  const instants = [...new Set(series.map(({ atMs }) => atMs))].sort((a, b) => a - b);
  return instants.flatMap((atMs) => {
    const [first, ...others] = series.filter((reading) => reading.atMs === atMs);
    if (first === undefined) return [];
    let { exportWh } = first;
    for (const other of others) {
      const isOtherExport = exportWh !== null && other.exportWh !== null && other.exportWh !== exportWh;
      if (other.importWh !== first.importWh || isOtherExport) {
        rejected.push({ row: other.row, reason: 'conflicting-duplicate' });
      } else exportWh ??= other.exportWh;
    }
    return [{ ...first, exportWh }];
  });
}
