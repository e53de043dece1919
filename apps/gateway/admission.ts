import type { Guest } from '#libs/ocpp/central-system.js';
import type { Handshake, RefusalReason } from '#libs/ocpp/handshake.js';
import { PasswordVerifier } from '#libs/ocpp/password.js';
import type { Sql } from '#libs/persistence/database.js';
import { certificateSeen, judgeShown, type CertificateVerdict } from '#libs/security/ca/shown-certificate.js';
import { passwordSeen } from '#libs/security/charger-passwords.js';
import { profileReached, standingOf, type ChargerStanding } from '#libs/security/charger-standing.js';
import { letWait } from '#libs/security/enrolment.js';
import { judgeConnection, type Approach, type SecurityProfile } from '#libs/security/judge-connection.js';

export interface Admitted {
  readonly installationId: string;
  /** By which it was let in; null: by something else. */
  readonly certificateId: string | null;
}

/** One of the passwords that a charger may have. */
interface Candidate {
  readonly hash: string;
  /** Of the password that was given and not yet seen; null for the one in use. */
  readonly passwordId: string | null;
}

/** Judges who knocks, and keeps what is learnt by it: a new password is in use, a higher profile is reached. */
export class Admission {
  private readonly passwords = new PasswordVerifier();

  constructor(
    private readonly sql: Sql,
    private readonly now: () => Date = () => new Date(),
  ) {}

  async judge(handshake: Handshake): Promise<Admitted | Guest | { readonly refused: RefusalReason }> {
    const { chargerId, password, isEncrypted } = handshake;
    const standing = await standingOf(this.sql, chargerId);
    if (standing === null) {
      const guest = await letWait(this.sql, handshake, new Date());
      if (guest !== null) return guest;
      if (password === null) return { refused: 'no-password' };
      await this.passwords.verify(password, null);
      return { refused: 'unknown-charger' };
    }
    const candidates = candidatesOf(standing);
    const shown = await this.shown(handshake);
    const certificate = certificateWord(shown);
    const matched = certificate === 'right' ? null : await this.matching(password, candidates);
    const word = wordFor(password, candidates, matched);
    const judged = judgeConnection({ isEncrypted, password: word, certificate }, standing);
    if ('refused' in judged) return judged;
    const certificateId = shown !== null && 'ok' in shown ? shown.ok.certificateId : null;
    if (certificateId !== null) await certificateSeen(this.sql, { chargerId, certificateId, now: this.now() });
    await this.learn(chargerId, standing, matched, judged.reached);
    return { installationId: standing.installationId, certificateId };
  }

  private async shown({ certificate, chargerId }: Handshake): Promise<CertificateVerdict | null> {
    return certificate === null ? null : judgeShown(this.sql, certificate, chargerId, this.now());
  }

  private async matching(password: Buffer | null, candidates: readonly Candidate[]): Promise<Candidate | null> {
    if (password === null) return null;
    for (const candidate of candidates) {
      if (await this.passwords.verify(password, candidate.hash)) return candidate;
    }
    if (candidates.length === 0) await this.passwords.verify(password, null);
    return null;
  }

  private async learn(
    chargerId: string,
    standing: ChargerStanding,
    matched: Candidate | null,
    reached: SecurityProfile,
  ): Promise<void> {
    if (matched !== null && matched.passwordId !== null) {
      const { passwordId, hash } = matched;
      await passwordSeen(this.sql, { chargerId, passwordId, hash, now: new Date() });
    }
    if (standing.wantedProfile !== null && standing.wantedProfile <= reached) {
      await profileReached(this.sql, { chargerId, reached });
    }
  }
}

function certificateWord(shown: CertificateVerdict | null): Approach['certificate'] {
  if (shown === null) return 'missing';
  return 'ok' in shown ? 'right' : shown.fault;
}

function candidatesOf({ passwordHash, openPasswords }: ChargerStanding): Candidate[] {
  const inUse = passwordHash === null ? [] : [{ hash: passwordHash, passwordId: null }];
  const given = openPasswords.flatMap(({ id, hash, decodedHash }) => [
    { hash, passwordId: id },
    ...(decodedHash === null ? [] : [{ hash: decodedHash, passwordId: id }]),
  ]);
  return [...inUse, ...given];
}

function wordFor(
  password: Buffer | null,
  candidates: readonly Candidate[],
  matched: Candidate | null,
): Approach['password'] {
  if (password === null) return 'missing';
  if (matched !== null) return 'right';
  return candidates.length === 0 ? 'unset' : 'wrong';
}
