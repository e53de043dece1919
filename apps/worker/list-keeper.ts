import { setTimeout as sleep } from 'node:timers/promises';

import type { Logger } from 'pino';

import { CONNECTION_CHANNEL, type ConnectionNotice } from '#libs/commands/connections.js';
import {
  hasListUnderWay,
  listsToLookAt,
  lookAtList,
  noteConnected,
  takeTokenChanges,
  TOKEN_CHANNEL,
} from '#libs/commands/local-list/keep-list.js';
import type { Sql } from '#libs/persistence/database.js';
import { NoticeListener } from '#libs/persistence/notice-listener.js';

/** What a notice did not tell of, because nobody listened, is found within this. */
const EVERY_MS = 10_000;
/** While commands are under way: nobody tells that they ended. */
const SOON_MS = 500;
/** Every so many looks also the chargers that are connected and were never looked at. */
const LOOKS_PER_SWEEP = 6;
/** Lists looked at in one go; what is left follows at once. */
const PAGE = 200;

export interface ListKeeperOptions {
  readonly databaseUrl: string;
  readonly sql: Sql;
  readonly log: Logger;
}

/**
 * Keeps the chargers' lists of cards in step with the registry, until the signal aborts: hears of changed cards and of
 * chargers that connect. Any number of workers may; each list is with one of them at a time.
 */
export async function keepListsInStep(
  { databaseUrl, sql, log }: ListKeeperOptions,
  signal: AbortSignal,
): Promise<void> {
  let wake = Promise.withResolvers<void>();
  const connected = new Set<string>();
  const onMessage = (): void => wake.resolve();
  const onConnection = (text: string): void => {
    connected.add((JSON.parse(text) as ConnectionNotice).charger);
    wake.resolve();
  };
  const listeners = [
    new NoticeListener(databaseUrl, TOKEN_CHANNEL, { onMessage, onGap: onMessage }, log),
    new NoticeListener(databaseUrl, CONNECTION_CHANNEL, { onMessage: onConnection, onGap: onMessage }, log),
  ];
  await Promise.all(listeners.map((listener) => listener.start()));
  for (let looks = 0; !signal.aborted; looks += 1) {
    let pauseMs = EVERY_MS;
    try {
      const chargerIds = [...connected];
      connected.clear();
      await noteConnected(sql, looks % LOOKS_PER_SWEEP === 0 ? null : chargerIds, new Date());
      pauseMs = await lookOnce(sql, log);
    } catch (error) {
      log.warn({ err: error }, 'the chargers’ lists could not be looked at; trying again');
    }
    const pause = new AbortController();
    await Promise.race([
      sleep(pauseMs, undefined, { signal: AbortSignal.any([signal, pause.signal]) }).catch(() => undefined),
      wake.promise,
    ]);
    pause.abort();
    wake = Promise.withResolvers();
  }
  await Promise.all(listeners.map((listener) => listener.close()));
}

/** One look at every list that is due. @returns how long nothing is to be done, in ms */
async function lookOnce(sql: Sql, log: Logger): Promise<number> {
  while (await takeTokenChanges(sql, new Date()));
  const chargerIds = await listsToLookAt(sql, new Date(), PAGE);
  for (const chargerId of chargerIds) {
    try {
      await lookAtList(sql, chargerId, new Date());
    } catch (error) {
      log.warn({ err: error, charger: chargerId }, 'a charger’s list could not be looked at; trying again');
    }
  }
  return chargerIds.length > 0 || (await hasListUnderWay(sql)) ? SOON_MS : EVERY_MS;
}
