import { sql as raw } from 'kysely';

import { askCharger } from '#libs/commands/ask-charger.js';
import type { Sql } from '#libs/persistence/database.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';

import { certificateSpan, isRenewalDue, rootToIssueFrom } from './certificate-terms.js';
import { rootsOf, type RootOfCharger } from './charger-roots.js';
import { isForCharger, judgeCsr, type CsrRefusal } from './judge-csr.js';
import { digestOf, issueFrom, readCsr, type Csr } from './x509.js';

/** Why a request that was good in itself comes to nothing. */
export type RequestRefusal =
  | 'REQUEST.UNSECURED'
  | 'REQUEST.KEY_REVOKED'
  | 'REQUEST.KEY_OF_ANOTHER'
  | 'REQUEST.ROOT_NOT_INSTALLED'
  | 'REQUEST.EXPIRED'
  /** The charger has asked again since. */
  | 'REQUEST.SUPERSEDED'
  | 'REQUEST.TOO_MANY';

/** Requests are looked for this far back, and wait this long for their root to be installed. */
const WAIT_MS = 7 * 24 * 60 * 60_000;
const PAGE = 200;
/** What a charger that asks without end gets in a day. */
const MOST_A_DAY = 10;
const DAY_MS = 24 * 60 * 60_000;

/** Notes the requests that came and were not yet looked at. @returns whether there may be more */
export async function takeRequests(sql: Sql, now: Date): Promise<boolean> {
  const messages = await sql
    .selectFrom('ocpp_message as message')
    .select(['message.id', 'message.charger_id', 'message.payload', 'message.received_at'])
    .where('message.action', '=', raw<string>`'SignCertificate'`) // literally, as the index has it
    .where('message.received_at', '>', new Date(now.getTime() - WAIT_MS))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('certificate_request as known')
            .select('known.message_id')
            .whereRef('known.message_id', '=', 'message.id'),
        ),
      ),
    )
    .orderBy('message.id')
    .limit(PAGE)
    .execute();
  for (const { id, charger_id: chargerId, payload, received_at: receivedAt } of messages) {
    const { csr, refused } = await judgeRequest(payload, chargerId);
    await sql
      .insertInto('certificate_request')
      .values({
        message_id: id,
        charger_id: chargerId,
        csr_digest: csr?.digest ?? digestOf(Buffer.from(JSON.stringify(payload))),
        state: refused === null ? 'asked' : 'refused',
        code: refused,
        asked_at: receivedAt,
        ended_at: refused === null ? null : now,
      })
      .onConflict((conflict) => conflict.column('message_id').doNothing())
      .execute();
  }
  return messages.length === PAGE;
}

/** What a SignCertificate is worth in itself; the gateway answers by it, the keeper issues by it. */
export async function judgeRequest(
  payload: Readonly<Record<string, unknown>>,
  chargerId: string,
): Promise<{ readonly csr: Csr | null; readonly refused: CsrRefusal | null }> {
  if (!isForCharger(payload)) return { csr: null, refused: 'CSR.OTHER_USE' };
  const csr = await readCsr(String(payload['csr']));
  return { csr, refused: judgeCsr(csr, chargerId) };
}

export interface IssuingOrder {
  readonly messageId: number;
  readonly vault: SecretVault;
  readonly now: Date;
}

/**
 * Issues what was asked for and asks the charger to take it, or neither: one transaction. The same request again brings
 * the same certificate again, as long as it is good. While the charger does not have the root yet, nothing is done.
 */
export async function answerRequest(trx: Sql, { messageId, vault, now }: IssuingOrder): Promise<void> {
  const request = await trx
    .selectFrom('certificate_request')
    .innerJoin('ocpp_message', 'ocpp_message.id', 'certificate_request.message_id')
    .innerJoin('charger', 'charger.id', 'certificate_request.charger_id')
    .select(['certificate_request.charger_id', 'certificate_request.asked_at', 'ocpp_message.payload'])
    .select('charger.security_profile')
    .where('certificate_request.message_id', '=', messageId)
    .where('certificate_request.state', '=', 'asked')
    .forUpdate(['certificate_request', 'charger'])
    .executeTakeFirst();
  if (request === undefined) return;
  const { charger_id: chargerId } = request;
  const { csr } = await judgeRequest(request.payload, chargerId);
  if (csr === null) throw new Error(`request ${messageId} was good and is not`);
  const refuse = (code: RequestRefusal): Promise<void> => end(trx, messageId, { state: 'refused', code }, now);
  if (request.security_profile === 0) return refuse('REQUEST.UNSECURED');
  if (await hasAskedSince(trx, chargerId, messageId)) return refuse('REQUEST.SUPERSEDED');
  if (await hadTooMany(trx, chargerId, now)) return refuse('REQUEST.TOO_MANY');
  const key = await refusedKey(trx, chargerId, csr.keyDigest);
  if (key !== null) return refuse(key);
  const roots = await rootsOf(trx, chargerId);
  const root = rootToIssueFrom(roots, now);
  if (root === null) {
    if (roots.some(({ refusedAt }) => refusedAt !== null)) return refuse('REQUEST.ROOT_NOT_INSTALLED');
    return now.getTime() - request.asked_at.getTime() > WAIT_MS ? refuse('REQUEST.EXPIRED') : undefined;
  }
  const held =
    (await issuedFor(trx, chargerId, csr.digest, root, now)) ??
    (await issue(trx, { csr, root, chargerId, vault, now }));
  const asked = await askCharger(trx, {
    chargerId,
    command: { kind: 'certificate-signed', chain: held.certificate, use: 'charger' },
    by: 'certificates',
    key: `certificate/signed/${messageId}`,
    now,
    expiresAt: new Date(now.getTime() + WAIT_MS),
  });
  if ('refused' in asked) throw new Error(`a certificate could not be brought to ${chargerId}: ${asked.refused.code}`);
  await trx.updateTable('charger_certificate').set({ command_id: asked.ok.id }).where('id', '=', held.id).execute();
  return end(trx, messageId, { state: 'issued', certificate_id: held.id }, now);
}

async function end(
  trx: Sql,
  messageId: number,
  values: { readonly state: string; readonly code?: string; readonly certificate_id?: string },
  now: Date,
): Promise<void> {
  await trx
    .updateTable('certificate_request')
    .set({ ...values, ended_at: now })
    .where('message_id', '=', messageId)
    .execute();
}

async function hasAskedSince(trx: Sql, chargerId: string, messageId: number): Promise<boolean> {
  const later = await trx
    .selectFrom('certificate_request')
    .select('message_id')
    .where('charger_id', '=', chargerId)
    .where('message_id', '>', messageId)
    .where('state', '=', 'asked')
    .executeTakeFirst();
  return later !== undefined;
}

async function hadTooMany(trx: Sql, chargerId: string, now: Date): Promise<boolean> {
  const { count } = await trx
    .selectFrom('certificate_request')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('charger_id', '=', chargerId)
    .where('state', '=', 'issued')
    .where('ended_at', '>', new Date(now.getTime() - DAY_MS))
    .executeTakeFirstOrThrow();
  return Number(count) >= MOST_A_DAY;
}

/** A key that was revoked proves nothing any more, nor does one that another charger has. */
async function refusedKey(trx: Sql, chargerId: string, keyDigest: string): Promise<RequestRefusal | null> {
  const known = await trx
    .selectFrom('charger_certificate')
    .select(['charger_id', 'revoked_at'])
    .where('key_digest', '=', keyDigest)
    .execute();
  if (known.some((one) => one.revoked_at !== null)) return 'REQUEST.KEY_REVOKED';
  return known.some((one) => one.charger_id !== chargerId) ? 'REQUEST.KEY_OF_ANOTHER' : null;
}

interface Held {
  readonly id: string;
  readonly certificate: string;
}

/** A certificate that was issued for the very same request and needs no renewal. */
async function issuedFor(
  trx: Sql,
  chargerId: string,
  csrDigest: string,
  root: RootOfCharger,
  now: Date,
): Promise<Held | null> {
  const row = await trx
    .selectFrom('charger_certificate')
    .select(['id', 'certificate', 'not_after', 'authority_id'])
    .where('charger_id', '=', chargerId)
    .where('csr_digest', '=', csrDigest)
    .where('revoked_at', 'is', null)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  if (row === undefined) return null;
  const held = { notAfter: row.not_after, authorityId: row.authority_id };
  return isRenewalDue(held, root.authorityId, now) ? null : row;
}

interface Issuing {
  readonly csr: Csr;
  readonly root: RootOfCharger;
  readonly chargerId: string;
  readonly vault: SecretVault;
  readonly now: Date;
}

async function issue(trx: Sql, { csr, root, chargerId, vault, now }: Issuing): Promise<Held> {
  const span = certificateSpan(now, root);
  const authority = await trx
    .selectFrom('certificate_authority')
    .select(['certificate', 'sealed_key'])
    .where('id', '=', root.authorityId)
    .executeTakeFirstOrThrow();
  const made = await issueFrom(
    { certificate: authority.certificate, key: vault.open(authority.sealed_key) },
    { name: csr.names[0] ?? chargerId, organization: csr.organization, publicKey: csr.publicKey, ...span },
  );
  return trx
    .insertInto('charger_certificate')
    .values({
      charger_id: chargerId,
      authority_id: root.authorityId,
      csr_digest: csr.digest,
      key_digest: csr.keyDigest,
      ...made,
      not_before: span.notBefore,
      not_after: span.notAfter,
      issued_at: now,
    })
    .returning(['id', 'certificate'])
    .executeTakeFirstOrThrow();
}

/** Requests that wait to be issued, oldest first. */
export async function openRequests(sql: Sql): Promise<number[]> {
  const rows = await sql
    .selectFrom('certificate_request')
    .select('message_id')
    .where('state', '=', 'asked')
    .orderBy('message_id')
    .limit(PAGE)
    .execute();
  return rows.map(({ message_id: id }) => Number(id));
}
