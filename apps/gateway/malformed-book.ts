import type { Flag } from '#libs/metering/flags.js';
import type { Sql } from '#libs/persistence/database.js';

const MAX_REMEMBERED = 10_000;

/** Lets a person know that a charger sends what OCPP does not allow: once a day, not at each message. */
export class MalformedBook {
  private told = new Set<string>();

  constructor(
    private readonly db: Sql,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** It was refused: once per charger, action and day. */
  note(chargerId: string, installationId: string, action: string | null, error: Error, at: Date): Promise<void> {
    const subject = `${chargerId}/${action ?? 'frame'}`;
    return this.tell({ code: 'malformed-message', subject, chargerId, installationId, action, error, at });
  }

  /** It was read all the same: once per charger and day, as where its message carries energy (store-decisions.ts). */
  mended(chargerId: string, installationId: string, action: string, error: Error, at: Date): Promise<void> {
    return this.tell({ code: 'not-to-schema', subject: chargerId, chargerId, installationId, action, error, at });
  }

  private async tell({ code, subject, chargerId, installationId, action, error, at }: Told): Promise<void> {
    const key = `${code}/${subject}/${at.toISOString().slice(0, 10)}`;
    if (this.told.has(key)) return;
    if (this.told.size >= MAX_REMEMBERED) this.told = new Set();
    this.told.add(key);
    try {
      await this.db
        .insertInto('oddity')
        .values({
          installation_id: installationId,
          charger_id: chargerId,
          code,
          detail: { action, error: error.message.slice(0, 300) },
          at,
          key,
        })
        .onConflict((clause) => clause.column('key').doNothing())
        .execute();
    } catch (failure) {
      this.told.delete(key);
      this.onError(failure);
    }
  }
}

interface Told {
  readonly code: Flag;
  /** What is told of once a day. */
  readonly subject: string;
  readonly chargerId: string;
  readonly installationId: string;
  readonly action: string | null;
  readonly error: Error;
  readonly at: Date;
}
