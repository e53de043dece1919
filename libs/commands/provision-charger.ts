import { sql as raw } from 'kysely';

import type { Variable } from '#libs/ocpp/command-parts.js';
import type { ToldVariable } from '#libs/ocpp/command-results.js';
import type { CommandResult } from '#libs/ocpp/commands.js';
import { commonName, variableOf } from '#libs/ocpp/standard-variables.js';
import type { Sql } from '#libs/persistence/database.js';

import { askCharger } from './ask-charger.js';
import { connectionOf } from './connections.js';
import { askAgainForList } from './local-list/keep-list.js';
import {
  nextStep,
  precisionOf,
  settingsOf,
  wantedWith,
  type Attempt,
  type PrecisionClass,
  type Setting,
  type WantedSetting,
} from './provisioning-plan.js';
import { PROVISIONING } from './waiting-commands.js';

/** A run that has not ended by then was lost. */
const LOST_MS = 2 * 60 * 60_000;

/**
 * A charger has booted: it is set up on first contact, after new firmware, and when the last time was not to the end or
 * left something for a reboot. The worker begins it.
 */
export async function wantProvisioning(
  sql: Sql,
  { chargerId, firmware, now }: { readonly chargerId: string; readonly firmware: string | null; readonly now: Date },
): Promise<void> {
  const lostBefore = new Date(now.getTime() - LOST_MS);
  await raw`
    insert into charger_provisioning as p (charger_id, due_at, firmware) values (${chargerId}, ${now}, ${firmware})
    on conflict (charger_id) do update
      set due_at = excluded.due_at, firmware = excluded.firmware, begun_at = null, done_at = null
    where p.begun_at < ${lostBefore} and p.done_at is null
      or p.done_at is not null and (p.firmware is distinct from excluded.firmware or not p.is_complete)`.execute(sql);
}

/** Chargers that are to be set up and whose workflow has not begun. */
export async function dueProvisionings(sql: Sql, now: Date): Promise<{ chargerId: string; run: string }[]> {
  const rows = await sql
    .selectFrom('charger_provisioning')
    .select(['charger_id', 'due_at'])
    .where('begun_at', 'is', null)
    .where('due_at', '<=', now)
    .limit(500)
    .execute();
  return rows.map((row) => ({ chargerId: row.charger_id, run: row.due_at.toISOString() }));
}

export async function markProvisioningBegun(sql: Sql, chargerIds: readonly string[], now: Date): Promise<void> {
  if (chargerIds.length === 0) return;
  await sql
    .updateTable('charger_provisioning')
    .set({ begun_at: now })
    .where('charger_id', 'in', [...chargerIds])
    .where('begun_at', 'is', null)
    .execute();
}

/** What a charger of this installation is to be set to has changed: those that were set up are set up again from then on. */
export async function wantProvisioningAgain(sql: Sql, installationId: string, dueAt: Date): Promise<void> {
  await sql
    .updateTable('charger_provisioning')
    .set({ due_at: dueAt, begun_at: null, done_at: null })
    .where('done_at', 'is not', null)
    .where('charger_id', 'in', (chargers) =>
      chargers.selectFrom('charger').select('id').where('installation_id', '=', installationId),
    )
    .execute();
}

/** By the installation's rule, and by the version that the run's commands were sent in. */
async function wantedOf(sql: Sql, chargerId: string, asked: Asked): Promise<readonly WantedSetting[]> {
  const { rule } = await sql
    .selectFrom('charger')
    .innerJoin('installation', 'installation.id', 'charger.installation_id')
    .select('installation.unknown_when_offline as rule')
    .where('charger.id', '=', chargerId)
    .executeTakeFirstOrThrow();
  const protocol = asked.protocol ?? (await connectionOf(sql, chargerId))?.protocol;
  return wantedWith(rule === 'accept' ? 'accept' : 'refuse', protocol?.startsWith('ocpp2'));
}

interface Valued {
  readonly value?: string;
}

const keyOf = (chargerId: string, run: string): string => `provision/${chargerId}/${run}/`;

interface Asked {
  readonly attempts: readonly Attempt[];
  /** The last command, when it has not ended: the run goes on with it. */
  readonly openId: string | null;
  /** The subprotocol of the last command that was sent. */
  readonly protocol: string | null;
  /** The names that were asked about when it was read back. */
  readonly read: ReadonlySet<string>;
  /** What the charger told of them. */
  readonly told: ReadonlyMap<string, string | null>;
}

async function askedSoFar(sql: Sql, chargerId: string, run: string): Promise<Asked> {
  const rows = await sql
    .selectFrom('charger_command')
    .select(['id', 'kind', 'request', 'state', 'protocol', 'result', 'ended_at'])
    .where('charger_id', '=', chargerId)
    .where('key', 'like', `${keyOf(chargerId, run).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)
    .orderBy('id')
    .execute();
  const variablesOf = (row: (typeof rows)[number]) => row.request['variables'] as readonly (Variable & Valued)[];
  const attempts = rows
    .filter(({ kind }) => kind === 'set-variables')
    .map((row): Attempt => {
      const [variable] = variablesOf(row);
      const status = (row.result as CommandResult | null)?.status ?? null;
      const name = variable === undefined ? '' : commonName(variable);
      return { name, value: variable?.value ?? '', state: row.state, status };
    });
  const reads = rows.filter(({ kind }) => kind === 'get-variables');
  const told = reads.flatMap(
    ({ result }) => ((result as CommandResult | null)?.['variables'] ?? []) as readonly ToldVariable[],
  );
  return {
    attempts,
    openId: rows.find((row) => row.ended_at === null)?.id ?? null,
    protocol: rows.findLast((row) => row.protocol !== null)?.protocol ?? null,
    read: new Set(reads.flatMap((row) => variablesOf(row).map(commonName))),
    told: new Map(told.map(({ name, value }) => [name, value])),
  };
}

/** The next command of a run, recorded; null when it has come to its end. Asked again it is the same. */
export async function nextProvisioningCommand(
  sql: Sql,
  { chargerId, run, now }: { readonly chargerId: string; readonly run: string; readonly now: Date },
): Promise<string | null> {
  const asked = await askedSoFar(sql, chargerId, run);
  if (asked.openId !== null) return asked.openId;
  const step = nextStep(asked.attempts, asked.read, await wantedOf(sql, chargerId, asked));
  if (step === 'done' || step === 'given-up') return null;
  const own = 'set' in step ? `${step.set.name}/${step.set.value}` : `read/${step.read[0]}`;
  const recorded = await askCharger(sql, {
    chargerId,
    command:
      'set' in step
        ? { kind: 'set-variables', variables: [{ ...variableOf(step.set.name), value: step.set.value }] }
        : { kind: 'get-variables', variables: step.read.map(variableOf) },
    by: PROVISIONING,
    key: keyOf(chargerId, run) + own,
    now,
    isTaken: true,
  });
  return 'ok' in recorded ? recorded.ok.id : null;
}

/** Keeps what stuck and sums it up. A run that was not to its end is taken up by the next boot. */
export async function finishProvisioning(
  sql: Sql,
  { chargerId, run, now }: { readonly chargerId: string; readonly run: string; readonly now: Date },
): Promise<PrecisionClass | null> {
  const asked = await askedSoFar(sql, chargerId, run);
  const wasRead = asked.read.size > 0;
  const settings = wasRead ? settingsOf(asked.attempts, asked.told, await wantedOf(sql, chargerId, asked)) : [];
  const precision = wasRead ? precisionOf(settings) : null;
  const isComplete = settings.length > 0 && settings.every(({ state }) => !/^(?:reboot-required|unknown)$/.test(state));
  await sql.transaction().execute(async (trx) => {
    for (const { name, wanted, actual, state } of settings) {
      const values = { wanted, actual, state, read_at: now };
      await trx
        .insertInto('charger_setting')
        .values({ charger_id: chargerId, name, ...values })
        .onConflict((conflict) => conflict.columns(['charger_id', 'name']).doUpdateSet(values))
        .execute();
    }
    // Before it was told to keep a list, it may have said that it keeps none.
    if (settings.some(({ name, state }) => name === 'LocalAuthListEnabled' && state === 'as-wanted')) {
      await askAgainForList(trx, chargerId, now);
    }
    await trx
      .updateTable('charger_provisioning')
      .set({ done_at: now, is_complete: isComplete, ...(precision === null ? {} : { precision_class: precision }) })
      .where('charger_id', '=', chargerId)
      .execute();
  });
  return precision;
}

export interface ChargerPrecision {
  /** Null until the charger has told its settings. */
  readonly precision: PrecisionClass | null;
  readonly settings: readonly (Setting & { readonly readAt: Date })[];
}

export async function precisionOfCharger(sql: Sql, chargerId: string): Promise<ChargerPrecision> {
  const [provisioning, settings] = await Promise.all([
    sql
      .selectFrom('charger_provisioning')
      .select('precision_class')
      .where('charger_id', '=', chargerId)
      .executeTakeFirst(),
    sql.selectFrom('charger_setting').selectAll().where('charger_id', '=', chargerId).orderBy('name').execute(),
  ]);
  return {
    precision: (provisioning?.precision_class ?? null) as PrecisionClass | null,
    settings: settings.map((row) => ({
      name: row.name,
      wanted: row.wanted,
      actual: row.actual,
      state: row.state as Setting['state'],
      readAt: row.read_at,
    })),
  };
}
