import { disregardReading } from '#libs/metering/correct-reading.js';
import { chargersAndSessionsTable } from '#libs/metering/tables/chargers.js';
import type { Sql } from '#libs/persistence/database.js';
import { importSheet } from '#libs/registry/tabular/table.js';
import { FrameSocket } from '#test/chargers/frame-socket.js';
import { CHARGER_PASSWORD } from '#test/chargers/seed-installation.js';

import type { Deed, Frame, Recording, ToldCall } from './recording.js';

export interface Stage {
  readonly sql: Sql;
  /** `ws://host:port` of the gateway. */
  readonly url: string;
  readonly installationId: string;
  /** Sets the gateway's clock. */
  setClock(at: Date): void;
}

export interface Played {
  /** Each call's answer, in short. */
  readonly answers: string[];
  /** Each call that was taken, as it was told. */
  readonly taken: ToldCall[];
  /** The chargers that spoke. */
  readonly chargerIds: string[];
}

/** Plays a recording over real sockets, one call after the other. The first charger bears the recording's name. */
export async function playRecording(stage: Stage, recording: Recording): Promise<Played> {
  const player = new Player(stage, recording);
  try {
    for (const step of recording.steps) await player.take(step);
  } finally {
    player.close();
  }
  return { answers: player.answers, taken: player.taken, chargerIds: [...player.chargerIds] };
}

function isFrame(step: Frame | Deed): step is Frame {
  return Array.isArray(step);
}

class Player {
  readonly answers: string[] = [];
  readonly taken: ToldCall[] = [];
  readonly chargerIds = new Set<string>();
  readonly #sockets = new Map<string, FrameSocket>();
  /** Numbers of transactions in the order in which they were given. */
  readonly #numbers: number[] = [];
  #speaker: string;
  #now = new Date('2026-11-10T12:00:00Z');

  constructor(
    private readonly stage: Stage,
    private readonly recording: Recording,
  ) {
    this.#speaker = recording.name;
    this.chargerIds.add(recording.name);
    stage.setClock(this.#now);
  }

  async take(step: Frame | Deed): Promise<void> {
    if (isFrame(step)) return await this.#call(step);
    const deed = step;
    if ('at' in deed) {
      this.#now = new Date(deed.at);
      this.stage.setClock(this.#now);
    } else if ('as' in deed) this.#speaker = deed.as;
    else if ('reconnect' in deed) this.#hangUp();
    else if ('holder' in deed) await this.#handOver(deed);
    else if ('swap' in deed) await this.#swap(deed);
    else await this.#disregard(deed.disregard);
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
  }

  async #call([, id, action, payload]: Frame): Promise<void> {
    const told = JSON.stringify(payload).replaceAll(/"\$(\d+)"/g, (_, place: string) =>
      String(this.#numbers[Number(place) - 1] ?? 0),
    );
    const socket = await this.#socket();
    const answer = await socket.call(`[2,${JSON.stringify(id)},${JSON.stringify(action)},${told}]`);
    this.answers.push(this.#inShort(answer));
    if (answer[0] === 3) this.taken.push({ id, action, payload: JSON.parse(told) as unknown });
  }

  async #socket(): Promise<FrameSocket> {
    const known = this.#sockets.get(this.#speaker);
    if (known !== undefined) return known;
    const { url } = this.stage;
    const { protocol } = this.recording;
    const socket = await FrameSocket.open({ url, protocol, chargerId: this.#speaker, password: CHARGER_PASSWORD });
    this.#sockets.set(this.#speaker, socket);
    return socket;
  }

  #hangUp(): void {
    this.#sockets.get(this.#speaker)?.close();
    this.#sockets.delete(this.#speaker);
  }

  #inShort(answer: readonly unknown[]): string {
    if (answer[0] !== 3) return `CALLERROR ${String(answer[2])}`;
    const payload = answer[2] as Record<string, unknown>;
    const info = (payload['idTagInfo'] ?? payload['idTokenInfo']) as { status?: string } | undefined;
    const status = info?.status ?? payload['status'];
    const number = payload['transactionId'];
    const words = [
      ...(typeof number === 'number' ? [this.#nameOf(number)] : []),
      ...(status === undefined ? [] : [status]),
    ];
    return words.length === 0 ? '{}' : words.join(' ');
  }

  #nameOf(number: number): string {
    this.#numbers.push(number);
    return `$${this.#numbers.indexOf(number) + 1}`;
  }

  async #handOver({ holder, from }: { readonly holder: string; readonly from: string }): Promise<void> {
    const { sql } = this.stage;
    const spot = await sql
      .selectFrom('spot')
      .select('id')
      .where('name', '=', this.recording.name)
      .executeTakeFirstOrThrow();
    await sql
      .updateTable('occupancy')
      .set({ until: new Date(from) })
      .where('spot_id', '=', spot.id)
      .where('until', 'is', null)
      .execute();
    await sql
      .insertInto('occupancy')
      .values({ spot_id: spot.id, customer_id: holder, kind: 'tenant', from: new Date(from) })
      .execute();
  }

  /** As staff do it: by the list of chargers. */
  async #swap({ swap, since }: { readonly swap: string; readonly since: string }): Promise<void> {
    const { sql, installationId } = this.stage;
    this.chargerIds.add(swap);
    const { password_hash: passwordHash } = await sql
      .selectFrom('charger')
      .select('password_hash')
      .where('id', '=', this.recording.name)
      .executeTakeFirstOrThrow();
    const cells = { chargerId: swap, installation: installationId, spot: this.recording.name, password: 'new', since };
    const sheet = { header: Object.keys(cells), rows: [{ row: 1, cells, surplus: 0 }] };
    const result = await importSheet(sql, chargersAndSessionsTable, sheet, {
      create: false,
      installationId: null,
      now: this.#now,
      hashPassword: () => Promise.resolve(passwordHash ?? ''),
      dryRun: false,
    });
    if (!result.imported) throw new Error(`not imported: ${JSON.stringify(result.problems)}`);
  }

  async #disregard(importWh: number): Promise<void> {
    const { sql } = this.stage;
    const readings = await sql
      .selectFrom('meter_reading')
      .select('id')
      .where('charger_id', '=', this.recording.name)
      .where('import_wh', '=', importWh)
      .execute();
    await sql.transaction().execute(async (trx) => {
      for (const { id } of readings)
        await disregardReading(trx, { readingId: id, reason: 'a wrong register', by: 'ana' });
    });
  }
}
