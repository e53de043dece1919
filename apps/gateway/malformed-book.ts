import type { Sql } from '#libs/persistence/database.js';

const MAX_REMEMBERED = 10_000;

/** Lets a person know, once per charger, action and day, that a charger sends what OCPP does not allow. */
export class MalformedBook {
  private told = new Set<string>();

  constructor(
    private readonly db: Sql,
    private readonly onError: (error: unknown) => void,
  ) {}

  async note(chargerId: string, installationId: string, action: string | null, error: Error, at: Date): Promise<void> {
    const key = `malformed-message/${chargerId}/${action ?? 'frame'}/${at.toISOString().slice(0, 10)}`;
    if (this.told.has(key)) return;
    if (this.told.size >= MAX_REMEMBERED) this.told = new Set();
    this.told.add(key);
    try {
      await this.db
        .insertInto('oddity')
        .values({
          installation_id: installationId,
          charger_id: chargerId,
          code: 'malformed-message',
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
