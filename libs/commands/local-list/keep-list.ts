import { sql as raw, type Selectable } from 'kysely';

import { commandSchema, type CommandResult } from '#libs/ocpp/commands.js';
import type { Schema, Sql } from '#libs/persistence/database.js';

import { askCharger, LONGEST_WAIT_MS } from '../ask-charger.js';
import { cacheAfter } from './cache-state.js';
import { afterCommand, digestOfState, nextAsk, pauseMs, takesOff, UNKNOWN_LIST, type ListState } from './list-state.js';
import type { ListStateName } from './list-states.js';
import { fitting } from './plan-list.js';
import { wantedEntries } from './wanted-entries.js';

/** Who asks. */
export const LISTS_ASK = 'local-list';
/** What has not left by then is decided anew. */
const EXPIRES_MS = 10 * 60_000;
/** A list that is in step, or that a charger does not keep, is looked at again after this, whatever was or was not noted. */
const LOOK_AGAIN_MS = 24 * 60 * 60_000;

type Row = Selectable<Schema['charger_local_list']>;

/**
 * One look at a charger's list: takes in what its last command came to, and asks for the next thing that brings it in
 * step. Any number of processes may look: the row is locked, and a command's key has its number. Does nothing while the
 * charger is away, its command is under way, or another process looks.
 */
export async function lookAtList(sql: Sql, chargerId: string, now: Date): Promise<void> {
  await sql.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('charger_local_list')
      .selectAll()
      .where('charger_id', '=', chargerId)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst();
    if (row === undefined) return;
    const ended = await endedCommand(trx, row);
    if (ended === 'under-way') return;
    if (ended === null && (row.due_at === null || row.due_at > now)) return; // another process has looked meanwhile
    const hasTakenOff = ended !== null && takesOff(ended);
    const live = await trx
      .selectFrom('charger_connection')
      .select(['connection_id', 'protocol'])
      .where('charger_id', '=', chargerId)
      .executeTakeFirst();
    if (live === undefined) {
      const known = ended === null ? stateOf(row) : afterCommand(stateOf(row), ended);
      const cleared = hasTakenOff ? await clearCache(trx, row, now) : row;
      return store(trx, cleared, { known: { ...known, isVerified: false }, dueAt: now });
    }
    const before = row.protocol === live.protocol ? stateOf(row) : UNKNOWN_LIST;
    const known = ended === null ? before : afterCommand(before, ended);
    const isVerified = known.isVerified && row.connection_id === live.connection_id;
    await advance(trx, row, {
      known: { ...known, isVerified },
      live,
      now,
      hasFailed: known.failures > before.failures,
      hasTakenOff,
    });
  });
}

/**
 * A card that is good no more may still be in the charger's own memory of what we once said of it: it is told to empty
 * that, however long it is away. A charger without one says so, and nothing follows. @returns the row, with one command more
 */
async function clearCache(trx: Sql, row: Row, now: Date): Promise<Row> {
  const asked = row.asked + 1;
  await askCharger(trx, {
    chargerId: row.charger_id,
    command: { kind: 'clear-cache' },
    by: LISTS_ASK,
    key: `${LISTS_ASK}/${row.charger_id}/${asked}`,
    now,
    whenAbsent: 'wait',
    expiresAt: new Date(now.getTime() + LONGEST_WAIT_MS),
  });
  return { ...row, asked };
}

interface Look {
  readonly known: ListState;
  readonly live: { readonly connection_id: string; readonly protocol: string };
  readonly now: Date;
  /** The last command just failed: the charger is left alone for a while. */
  readonly hasFailed: boolean;
  /** It has just taken a list from which a card is missing. */
  readonly hasTakenOff: boolean;
}

async function advance(trx: Sql, found: Row, look: Look): Promise<void> {
  const { known, live, now, hasFailed, hasTakenOff } = look;
  const { connection_id: connectionId, protocol } = live;
  const wanted = await wantedEntries(trx, { chargerId: found.charger_id, protocol, now });
  const { remembered, isStale } = cacheAfter(found, known, wanted.entries);
  const row = { ...(hasTakenOff || isStale ? await clearCache(trx, found, now) : found), remembered };
  if (known.state === 'unsupported') {
    return store(trx, row, { known, dueAt: nextLookAt(wanted.nextChangeAt, now), protocol, connectionId });
  }
  if (hasFailed) {
    const dueAt = new Date(now.getTime() + pauseMs(known.failures));
    return store(trx, row, { known, dueAt, protocol });
  }
  const leftOut =
    known.limits === null ? row.left_out : wanted.entries.length - fitting(wanted.entries, known.limits).length;
  const command = nextAsk(known, wanted.entries, protocol);
  if (command === null) {
    const dueAt = nextLookAt(wanted.nextChangeAt, now);
    const inStep: ListState = { ...known, state: 'in-step', failures: 0, problem: null };
    return store(trx, row, { known: inStep, dueAt, protocol, connectionId, leftOut, inStepAt: now });
  }
  const asked = await askCharger(trx, {
    chargerId: row.charger_id,
    command,
    by: LISTS_ASK,
    key: `${LISTS_ASK}/${row.charger_id}/${row.asked + 1}`,
    now,
    whenAbsent: 'refuse',
    expiresAt: new Date(now.getTime() + EXPIRES_MS),
  });
  if ('refused' in asked) throw new Error(`the list of ${row.charger_id} was not asked for: ${asked.refused.code}`);
  const isSending = command.kind === 'send-local-list';
  await store(trx, row, {
    known: isSending && known.state === 'in-step' ? { ...known, state: 'behind' } : known,
    dueAt: null,
    protocol,
    ...(known.isVerified || command.kind === 'get-local-list-version' ? { connectionId } : {}),
    leftOut,
    commandId: asked.ok.id,
    ...(isSending ? { sentAt: now } : {}),
  });
}

function nextLookAt(nextChangeAt: Date | null, now: Date): Date {
  const latest = new Date(now.getTime() + LOOK_AGAIN_MS);
  return nextChangeAt !== null && nextChangeAt < latest ? nextChangeAt : latest;
}

interface Change {
  readonly known: ListState;
  readonly dueAt: Date | null;
  readonly protocol?: string;
  readonly connectionId?: string;
  readonly leftOut?: number;
  readonly commandId?: string;
  readonly sentAt?: Date;
  readonly inStepAt?: Date;
}

async function store(trx: Sql, row: Row, change: Change): Promise<void> {
  const { known, commandId = null } = change;
  const { limits, prints } = known;
  await trx
    .updateTable('charger_local_list')
    .set({
      state: known.state,
      limits,
      version: known.version,
      held: prints,
      digest: digestOfState(known),
      entries: prints === null ? 0 : Object.keys(prints).length,
      failures: known.failures,
      problem: known.problem,
      due_at: change.dueAt,
      command_id: commandId,
      asked: commandId === null ? row.asked : row.asked + 1,
      protocol: change.protocol ?? row.protocol,
      // Not verified on this socket: it is to be asked on whichever comes next.
      connection_id: change.connectionId ?? (known.isVerified ? row.connection_id : null),
      left_out: change.leftOut ?? row.left_out,
      remembered: row.remembered,
      sent_at: change.sentAt ?? row.sent_at,
      in_step_at: change.inStepAt ?? row.in_step_at,
    })
    .where('charger_id', '=', row.charger_id)
    .execute();
}

function stateOf(row: Row): ListState {
  return {
    state: row.state as ListStateName,
    limits: row.limits,
    isVerified: row.connection_id !== null,
    version: row.version,
    prints: row.held,
    failures: row.failures,
    problem: row.problem,
  };
}

async function endedCommand(trx: Sql, { command_id: id }: Row) {
  if (id === null) return null;
  const command = await trx
    .selectFrom('charger_command')
    .select(['request', 'state', 'result', 'ended_at'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (command === undefined) return null;
  if (command.ended_at === null) return 'under-way';
  const { state, result } = command;
  return { request: commandSchema.parse(command.request), state, result: result as CommandResult | null };
}

/** Whose lists are to be looked at: those that are due and there, and those whose command has ended. */
export async function listsToLookAt(sql: Sql, now: Date, limit: number): Promise<string[]> {
  const { rows } = await raw<{ charger_id: string }>`
    (select l.charger_id from charger_local_list l join charger_connection live on live.charger_id = l.charger_id
      where l.due_at <= ${now} and l.command_id is null order by l.due_at limit ${limit})
    union
    (select l.charger_id from charger_local_list l join charger_command c on c.id = l.command_id
      where c.ended_at is not null limit ${limit})`.execute(sql);
  return rows.map(({ charger_id }) => charger_id);
}

/** Whether any list has a command under way: its end is not told. */
export async function hasListUnderWay(sql: Sql): Promise<boolean> {
  const row = await sql
    .selectFrom('charger_local_list')
    .select('charger_id')
    .where('command_id', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Chargers have connected (null: look at all that are): each tells which version it holds, for it may have forgotten. */
export async function noteConnected(sql: Sql, chargerIds: readonly string[] | null, now: Date): Promise<void> {
  if (chargerIds?.length === 0) return;
  const these = chargerIds === null ? raw`true` : raw`live.charger_id = any(${[...chargerIds]}::text[])`;
  await raw`
    insert into charger_local_list as l (charger_id, due_at)
    select live.charger_id, ${now} from charger_connection live
    left join charger_local_list known on known.charger_id = live.charger_id
    where ${these} and (known.charger_id is null
      or known.connection_id is distinct from live.connection_id and known.command_id is null
        and (known.failures = 0 or known.due_at is null))
    order by live.charger_id
    on conflict (charger_id) do update set due_at = excluded.due_at`.execute(sql);
}

/** A charger that said it keeps no list may have been told to meanwhile: it is asked once more. */
export async function askAgainForList(sql: Sql, chargerId: string, now: Date): Promise<void> {
  await sql
    .updateTable('charger_local_list')
    .set({ state: 'new', limits: null, version: null, connection_id: null, due_at: now })
    .where('charger_id', '=', chargerId)
    .where('state', '=', 'unsupported')
    .where('command_id', 'is', null)
    .execute();
}

/** The channel on which it is heard that cards are worth something else. */
export const TOKEN_CHANNEL = 'token_change';
/** Notes taken away at once. */
const NOTES = 20_000;

/** Takes the notes on changed cards: the lists of their installations are to be looked at. @returns whether there were any */
export async function takeTokenChanges(sql: Sql, now: Date): Promise<boolean> {
  const { rows } = await raw<{ notes: number }>`
    with taken as (
      delete from token_change where id in (
        select id from token_change order by id limit ${NOTES} for update skip locked)
      returning installation_id
    ), due as (
      update charger_local_list l set due_at = ${now} from charger c
      where c.id = l.charger_id
        and (l.due_at is null or l.due_at > ${now}) and (l.failures = 0 or l.due_at is null)
        and c.installation_id in (select installation_id from taken)
      returning 1
    )
    select (select count(*) from taken)::int as notes`.execute(sql);
  return (rows[0]?.notes ?? 0) > 0;
}
