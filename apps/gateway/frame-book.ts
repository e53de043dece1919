import { sql } from 'kysely';

import type { AskedCall } from '#libs/ocpp/central-system.js';
import { withoutFrameSecrets } from '#libs/ocpp/frame-secrets.js';
import { storable } from '#libs/ocpp/storable.js';
import type { Sql } from '#libs/persistence/database.js';

import { GatheredWrites } from './gathered-writes.js';

/** Frames that wait for the database at most. */
const MAX_WAITING = 5_000;
/** Of a charger that talks nonsense so many frames a day are kept, and so much of each. */
const MAX_MALFORMED = 200;
const MAX_TEXT = 16_384;

interface Frame {
  readonly charger: string;
  readonly at: Date;
  readonly kind: 'asked' | 'malformed';
  readonly protocol?: string;
  readonly action?: string | null;
  readonly payload?: unknown;
  readonly answer?: unknown;
  readonly outcome: string;
  readonly raw?: string;
}

/** Keeps the frames that are no messages: what chargers were asked, and what could not be read. Written in batches. */
export class FrameBook {
  private readonly frames: GatheredWrites<Frame>;
  private malformedToday = new Map<string, number>();
  private today = '';

  constructor(db: Sql, options: { readonly intervalMs?: number; readonly onError: (error: unknown) => void }) {
    this.frames = new GatheredWrites({ ...options, mostWaiting: MAX_WAITING, write: (frames) => write(db, frames) });
  }

  asked({ chargerId, protocol, action, payload, sentAt, outcome }: AskedCall): void {
    this.frames.add({
      charger: chargerId,
      at: sentAt,
      kind: 'asked',
      protocol,
      action,
      payload: withoutFrameSecrets(payload),
      outcome: outcome.kind,
      ...('response' in outcome ? { answer: withoutFrameSecrets(storable(outcome.response)) } : {}),
      ...(outcome.kind === 'error' ? { answer: { code: outcome.code, description: outcome.description } } : {}),
    });
  }

  malformed(chargerId: string, action: string | null, error: Error, text: string, at: Date): void {
    const day = at.toISOString().slice(0, 10);
    if (day !== this.today) this.malformedToday = new Map();
    this.today = day;
    const count = (this.malformedToday.get(chargerId) ?? 0) + 1;
    this.malformedToday.set(chargerId, count);
    if (count > MAX_MALFORMED) return;
    const outcome = String(storable(error.message.slice(0, 300)));
    const raw = String(storable(withoutSecretText(text).slice(0, MAX_TEXT)));
    this.frames.add({ charger: chargerId, at, kind: 'malformed', action: storedAction(action), outcome, raw });
  }

  /** Writes what waits; resolves when it is written or failed (then it is kept). */
  flush(): Promise<void> {
    return this.frames.flush();
  }
}

async function write(db: Sql, frames: readonly Frame[]): Promise<void> {
  await sql`
    insert into charger_frame (charger_id, at, kind, protocol, action, payload, answer, outcome, raw)
    select charger, at, kind, protocol, action, payload, answer, outcome, raw
    from jsonb_to_recordset(${JSON.stringify(frames)}::jsonb) as r(charger text, at timestamptz, kind text,
      protocol text, action text, payload jsonb, answer jsonb, outcome text, raw text)`.execute(db);
}

const storedAction = (action: string | null): string | null =>
  action === null ? null : String(storable(action.slice(0, 100)));

/** A frame that is JSON loses its secrets as any other; of what is none nobody can tell. */
function withoutSecretText(text: string): string {
  try {
    return JSON.stringify(withoutFrameSecrets(JSON.parse(text)));
  } catch {
    return text;
  }
}
