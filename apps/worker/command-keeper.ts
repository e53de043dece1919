import { setTimeout as sleep } from 'node:timers/promises';

import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';

import { CONNECTION_CHANNEL, type ConnectionNotice } from '#libs/commands/connections.js';
import { dueProvisionings, markProvisioningBegun } from '#libs/commands/provision-charger.js';
import { COMMAND_CHANNEL, commandsOfConnected, markTaken, untakenCommands } from '#libs/commands/waiting-commands.js';
import type { Sql } from '#libs/persistence/database.js';
import { NoticeListener } from '#libs/persistence/notice-listener.js';
import { connectTemporal } from '#temporal/client.js';
import { startCommandOnce, startProvisioningOnce, tellCommandOfConnection } from '#temporal/start-workflows.js';

/** What a notice did not tell of, because nobody listened, is found within this. */
const EVERY_MS = 5_000;
/** Every so many looks also the commands that wait though their charger is there. */
const LOOKS_PER_SWEEP = 6;
/** Chargers that come back at once are looked after together. */
const GATHER_MS = 20;

export interface CommandKeeperOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly databaseUrl: string;
  readonly sql: Sql;
  readonly log: Logger;
}

/**
 * Begins the workflow of each command that was asked and of each charger that is to be set up, and tells those that wait that their charger is back, until the
 * signal aborts. Any number of workers may: both are harmless when repeated.
 */
export async function keepCommandsCarried(options: CommandKeeperOptions, signal: AbortSignal): Promise<void> {
  const { environment, databaseUrl, sql, log } = options;
  let wake = Promise.withResolvers<void>();
  const back = new Set<string>();
  const onMessage = (): void => wake.resolve();
  const onGap = onMessage;
  const asked = new NoticeListener(databaseUrl, COMMAND_CHANNEL, { onMessage, onGap }, log);
  const onConnection = (text: string): void => {
    back.add((JSON.parse(text) as ConnectionNotice).charger);
    wake.resolve();
  };
  const connected = new NoticeListener(databaseUrl, CONNECTION_CHANNEL, { onMessage: onConnection, onGap }, log);
  await Promise.all([asked.start(), connected.start()]);
  let client: Client | null = null;
  for (let looks = 0; !signal.aborted; looks += 1) {
    try {
      client ??= await connectTemporal(environment);
      const chargerIds = [...back];
      back.clear();
      await carryOnce({ client, sql }, looks % LOOKS_PER_SWEEP === 0 ? null : chargerIds);
    } catch (error) {
      log.warn({ err: error }, 'commands could not be carried; trying again');
      await client?.connection.close().catch(() => undefined);
      client = null;
    }
    const pause = new AbortController();
    await Promise.race([
      sleep(EVERY_MS, undefined, { signal: AbortSignal.any([signal, pause.signal]) }).catch(() => undefined),
      wake.promise,
    ]);
    pause.abort();
    await sleep(GATHER_MS);
    wake = Promise.withResolvers();
  }
  await Promise.all([asked.close(), connected.close(), client?.connection.close().catch(() => undefined)]);
}

/** One look: new commands begin; those of these chargers (null: of all that are connected) are told. */
async function carryOnce(
  { client, sql }: { readonly client: Client; readonly sql: Sql },
  chargerIds: readonly string[] | null,
): Promise<void> {
  const untaken = await untakenCommands(sql);
  await Promise.all(untaken.map((id) => startCommandOnce(client, id)));
  await markTaken(sql, untaken, new Date());
  const due = await dueProvisionings(sql, new Date());
  await Promise.all(due.map((input) => startProvisioningOnce(client, input)));
  await markProvisioningBegun(
    sql,
    due.map(({ chargerId }) => chargerId),
    new Date(),
  );
  if (chargerIds?.length === 0) return;
  const waiting = await commandsOfConnected(sql, chargerIds);
  const fresh = new Set(untaken);
  await Promise.all(waiting.filter((id) => !fresh.has(id)).map((id) => tellCommandOfConnection(client, id)));
}
