import { createHash, randomBytes } from 'node:crypto';

import type { ChargerCall } from '#libs/ocpp/central-system.js';
import type { RefusalReason } from '#libs/ocpp/handshake.js';
import { hashPassword, verifyPassword } from '#libs/ocpp/password.js';
import type { Sql } from '#libs/persistence/database.js';

/** Frames of one candidate that are kept; what it says beyond is answered and forgotten. */
const MOST_FRAMES = 1_000;
export const MOST_WAITING = 200;
export const LONGEST_WINDOW_MS = 7 * 24 * 60 * 60_000;

/** 128 bits; also good as a password of 1.6 and 2.0.1. */
const newCode = (): string => randomBytes(16).toString('hex');
const hashOf = (code: string): string => createHash('sha256').update(code).digest('hex');
const CODE = /^[0-9a-f]{32}$/;

export interface OpeningOrder {
  readonly installationId: string;
  readonly by: string;
  readonly now: Date;
  readonly until: Date;
  /** As many may wait at once. */
  readonly most: number;
}

/** Opens a window; one that was open is closed. @returns its code, told only here */
export async function openWindow(
  trx: Sql,
  order: OpeningOrder,
): Promise<{ readonly id: string; readonly code: string }> {
  const { installationId, by, now, until, most } = order;
  if (until <= now || until.getTime() - now.getTime() > LONGEST_WINDOW_MS)
    throw new Error('a window is open for a week');
  if (most < 1 || most > MOST_WAITING) throw new Error(`at most ${MOST_WAITING} may wait`);
  await closeWindow(trx, { installationId, now });
  const code = newCode();
  const row = { installation_id: installationId, code_hash: hashOf(code), most, opened_by: by, opened_at: now, until };
  const { id } = await trx.insertInto('enrolment_window').values(row).returning('id').executeTakeFirstOrThrow();
  return { id, code };
}

/** Nobody new comes in any more; who waits goes on waiting for a person. False: none was open. */
export async function closeWindow(
  trx: Sql,
  { installationId, now }: { readonly installationId: string; readonly now: Date },
): Promise<boolean> {
  const closed = await trx
    .updateTable('enrolment_window')
    .set({ closed_at: now })
    .where('installation_id', '=', installationId)
    .where('closed_at', 'is', null)
    .executeTakeFirst();
  return closed.numUpdatedRows > 0n;
}

export interface Knocking {
  readonly chargerId: string;
  readonly identity: string;
  readonly protocol: string;
  readonly password: Buffer | null;
  readonly isEncrypted: boolean;
  /** The code in the URL. */
  readonly enrolment: string | null;
}

/**
 * Lets somebody unknown in to wait, if the code in the URL, or for a password, is of an open window; null when it is not.
 * Whoever waits under a name already must have the password with which that name first came.
 */
export async function letWait(
  sql: Sql,
  knocking: Knocking,
  now: Date,
): Promise<{ readonly guestId: string } | { readonly refused: RefusalReason } | null> {
  const { password, isEncrypted, enrolment } = knocking;
  const given = password?.toString('latin1') ?? '';
  const code = enrolment ?? (CODE.test(given) ? given : null);
  if (code === null) return null;
  const isShared = given === code;
  const passwordHash = password === null ? null : await hashPassword(password);
  return sql.transaction().execute(async (trx) => {
    const window = await trx
      .selectFrom('enrolment_window as window')
      .innerJoin('installation', 'installation.id', 'window.installation_id')
      .select(['window.id', 'window.installation_id', 'window.most', 'installation.allow_unsecured'])
      .where('window.code_hash', '=', hashOf(code))
      .where('window.closed_at', 'is', null)
      .where('window.until', '>', now)
      .forUpdate('window')
      .executeTakeFirst();
    if (window === undefined) return null;
    if (password === null && !window.allow_unsecured) return { refused: 'no-password' };
    const known = await knownAs(trx, knocking.chargerId, window.id);
    if (known !== undefined) return returning(trx, known, window.installation_id, password, now);
    const { waiting } = await trx
      .selectFrom('enrolment_candidate')
      .select((eb) => eb.fn.countAll<number>().as('waiting'))
      .where('window_id', '=', window.id)
      .where('state', '=', 'waiting')
      .executeTakeFirstOrThrow();
    if (Number(waiting) >= window.most) return { refused: 'enrolment-full' };
    const made = await trx
      .insertInto('enrolment_candidate')
      .values({
        window_id: window.id,
        installation_id: window.installation_id,
        charger_id: knocking.chargerId,
        label: knocking.identity,
        password_hash: passwordHash,
        has_shared_password: isShared,
        profile: password === null ? 0 : isEncrypted ? 2 : 1,
        protocol: knocking.protocol,
        first_seen_at: now,
        last_seen_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { guestId: made.id };
  });
}

type Known = Awaited<ReturnType<typeof knownAs>>;

/** Who waits under this name, in whatever window, or was refused in this one. */
const knownAs = (trx: Sql, chargerId: string, windowId: string) =>
  trx
    .selectFrom('enrolment_candidate')
    .select(['id', 'installation_id', 'password_hash', 'state'])
    .where('charger_id', '=', chargerId)
    .where((eb) =>
      eb.or([eb('state', '=', 'waiting'), eb.and([eb('state', '=', 'refused'), eb('window_id', '=', windowId)])]),
    )
    .executeTakeFirst();

async function returning(
  trx: Sql,
  known: NonNullable<Known>,
  installationId: string,
  password: Buffer | null,
  now: Date,
): Promise<{ readonly guestId: string } | { readonly refused: RefusalReason }> {
  if (known.state === 'refused' || known.installation_id !== installationId) return { refused: 'unknown-charger' };
  const stored = known.password_hash;
  const isSame = stored === null ? password === null : password !== null && (await verifyPassword(password, stored));
  if (!isSame) return { refused: 'wrong-password' };
  await trx.updateTable('enrolment_candidate').set({ last_seen_at: now }).where('id', '=', known.id).execute();
  return { guestId: known.id };
}

/** Keeps what a candidate said. */
export async function noteFrame(sql: Sql, guestId: string, call: ChargerCall, now: Date): Promise<void> {
  const { message, messageId, action, payload } = call;
  const told =
    message.kind === 'boot' ? { vendor: message.vendor, model: message.model, firmware: message.firmware } : {};
  await sql.transaction().execute(async (trx) => {
    const kept = await trx
      .updateTable('enrolment_candidate')
      .set((eb) => ({ ...told, last_seen_at: now, frames: eb('frames', '+', 1) }))
      .where('id', '=', guestId)
      .where('frames', '<', MOST_FRAMES)
      .executeTakeFirst();
    if (kept.numUpdatedRows === 0n) return;
    await trx
      .insertInto('enrolment_frame')
      .values({ candidate_id: guestId, received_at: now, message_id: messageId, action, payload })
      .execute();
  });
}

/** Which of these wait no longer. */
export async function decidedOf(sql: Sql, guestIds: readonly string[]): Promise<string[]> {
  if (guestIds.length === 0) return [];
  const rows = await sql
    .selectFrom('enrolment_candidate')
    .select('id')
    .where('id', 'in', [...guestIds])
    .where('state', '<>', 'waiting')
    .execute();
  return rows.map(({ id }) => id);
}
