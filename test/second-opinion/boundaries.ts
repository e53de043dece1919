import { isOtherState, stateAt } from './state-at.js';
import type { World } from './world.js';

const QUARTER_MS = 15 * 60_000;

/** First instants of the first local day and of the day after the last, found by asking the clock every quarter hour. */
function periodOf({ timeZone, from, to }: World): readonly [startMs: number, endMs: number] {
  const dateAt = (ms: number) =>
    Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timeZone).toPlainDate().toString();
  let startMs = Date.parse(`${from}T00:00:00Z`) - 2 * 86_400_000;
  while (dateAt(startMs) < from) startMs += QUARTER_MS;
  let endMs = Date.parse(`${to}T00:00:00Z`) - 86_400_000;
  while (dateAt(endMs) <= to) endMs += QUARTER_MS;
  return [startMs, endMs];
}

/** Every instant of the period at which something changes, found by asking step by step. */
export function boundariesOf(world: World, chargerId: string, payer: string | null): readonly number[] {
  const [startMs, endMs] = periodOf(world);
  const steps = new Set(world.owners.changesMs.filter((at) => startMs < at && at < endMs));
  for (let at = startMs; at < endMs; at += world.stepMs) steps.add(at);
  const found = [startMs];
  let before = stateAt(world, startMs);
  let ownerBefore = JSON.stringify(world.owners.at(chargerId, payer, startMs));
  for (const at of [...steps].sort((a, b) => a - b)) {
    const now = stateAt(world, at);
    const owner = JSON.stringify(world.owners.at(chargerId, payer, at));
    if (at > startMs && (isOtherState(before, now) || owner !== ownerBefore)) found.push(at);
    before = now;
    ownerBefore = owner;
  }
  return [...found, endMs];
}
