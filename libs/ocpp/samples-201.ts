import { z } from 'zod';

import type { MessageDoubt, Sample } from './messages.js';
import { parseSamples, type MeterValue } from './samples.js';

/** Only what is used. The signed value (signedMeterValue) stays as it came, in the raw message. */
const sampledValue = z.object({
  value: z.union([z.number(), z.string()]),
  context: z.string().optional(),
  measurand: z.string().optional(),
  phase: z.string().optional(),
  location: z.string().optional(),
  unitOfMeasure: z.object({ unit: z.string().optional(), multiplier: z.number().optional() }).optional(),
});

export const meterValues201 = z.array(z.object({ timestamp: z.string(), sampledValue: z.array(sampledValue) }));

type MeterValues201 = z.infer<typeof meterValues201>;

/** The registers and powers of OCPP 2.x meter values, in the order told. */
export function parseSamples201(values: MeterValues201): { samples: Sample[]; doubts: MessageDoubt[] } {
  return parseSamples(values.map(meterValueOf));
}

/**
 * JSON numbers came as doubles; their shortest text is the decimal the charger wrote (to 15 digits), so that no error of
 * binary fractions reaches the Wh.
 */
function meterValueOf({ timestamp, sampledValue: sampled }: MeterValues201[number]): MeterValue {
  return {
    timestamp,
    sampledValue: sampled.map(({ value, unitOfMeasure, context, measurand, phase, location }) => ({
      value: String(value),
      ...(context === undefined ? {} : { context }),
      ...(measurand === undefined ? {} : { measurand }),
      ...(phase === undefined ? {} : { phase }),
      ...(location === undefined ? {} : { location }),
      ...(unitOfMeasure?.unit === undefined ? {} : { unit: unitOfMeasure.unit }),
      ...(unitOfMeasure?.multiplier === undefined ? {} : { multiplier: unitOfMeasure.multiplier }),
    })),
  };
}
