import { sql as raw, type RawBuilder } from 'kysely';

/**
 * Held by a person: the workflow waits for them already, or will at its next step, for the hold was accepted and not
 * taken back. `lastSteering` is the last of `….hold.done` and `….release.done` in the audit log.
 */
export function isHeld(state: {
  readonly isFinished: boolean;
  readonly waitsFor: string | null;
  readonly lastSteering: string | null;
}): boolean {
  return !state.isFinished && (state.waitsFor === 'person:held' || state.lastSteering?.endsWith('.hold.done') === true);
}

/** The last hold or release of a collection that was carried out, as {@link isHeld} wants it. */
export const lastSteeringOf = (documentId: RawBuilder<unknown>): RawBuilder<string | null> => raw<string | null>`(
  select audit.action from audit_entry audit
  where audit.subject = 'collection/' || ${documentId}
    and audit.action in ('collection.hold.done', 'collection.release.done')
  order by audit.at desc, audit.id desc limit 1)`;
