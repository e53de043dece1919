import type { Sample } from '#libs/ocpp/messages.js';

import { decideInstant } from './decide-instant.js';
import type { NewReading } from './facts.js';
import type { Flag } from './flags.js';
import { meantRegister, type MeterFacts } from './meant-register.js';

/**
 * The registers of a message as rows, and what is odd about them. Samples without a register make no row. `meter`: what
 * is known of their transaction's meter.
 */
export function decideReadings(
  samples: readonly Sample[],
  place: { readonly connectorId: number; readonly transactionId: number | null },
  receivedAt: Date,
  meter: MeterFacts | null = null,
): { readings: NewReading[]; flags: Set<Flag> } {
  const flags = new Set<Flag>();
  const readings: NewReading[] = [];
  for (const sample of samples) {
    if (sample.importWh === undefined) {
      if (sample.exportWh !== undefined) flags.add('export-without-import');
      continue;
    }
    const { at, flags: doubts } = decideInstant(sample.stamp, receivedAt);
    for (const doubt of doubts) flags.add(doubt);
    if (sample.importWh < 0 || (sample.exportWh ?? 0) < 0) flags.add('negative-register');
    const { importWh, flag } = meantRegister(sample, meter);
    if (flag !== null) flags.add(flag);
    readings.push({
      ...place,
      at,
      importWh,
      exportWh: sample.exportWh ?? null,
      context: sample.context,
    });
  }
  return { readings, flags };
}
