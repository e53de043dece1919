import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { checkBooks } from '#libs/payments/check-books.js';
import type { Sql } from '#libs/persistence/database.js';

import { everythingStored } from '../everything-stored.js';
import { killedOnce } from '../killed-database.js';
import { openUndone, type UndoneDatabase } from '../undone-database.js';
import { openWorld, type Deed, type OpenWorld, type Run, type World } from './world.js';

const SOUND = { balanced: true, problems: [] };

interface Outcome {
  readonly stored: Record<string, string[]>;
  readonly told: readonly string[];
}

/**
 * Proves of each deed, one after the other in one world: killed before any of its statements, or of the words by which it
 * tells others, and done again it comes to what it comes to undisturbed; so it does when two do it at once, and done again it changes nothing; the books are sound
 * all the while. The kills are tried on the same start each time, of which nothing stays; of those that leave the same in
 * the database one is followed by the deed done again, but where the provider is asked each is.
 */
export function proveDeeds(deeds: readonly Deed[], { asksProvider }: { readonly asksProvider: boolean }): void {
  let opened: OpenWorld;
  let undoing: UndoneDatabase;

  beforeAll(async () => {
    opened = await openWorld();
    undoing = openUndone(opened.database.url);
  });
  afterAll(async () => {
    await undoing.close();
    await opened.close();
  });

  const telling = (sql: Sql, told: Set<string>): World => ({
    ...opened.world,
    sql,
    tell: (what) => void told.add(what),
  });
  const outcome = async (sql: Sql, told: Set<string>): Promise<Outcome> => ({
    stored: await everythingStored(sql),
    told: [...told].sort(),
  });

  describe.each(deeds)('$name', ({ prepare }) => {
    let run: Run;
    let undisturbed: Outcome;
    beforeAll(async () => {
      run = await prepare(opened.world);
      const start = await everythingStored(opened.world.sql);
      undisturbed = await undoing.undone(async (sql) => {
        const told = new Set<string>();
        await run(telling(sql, told));
        return outcome(sql, told);
      });
      expect(undisturbed.stored).not.toEqual(start);
    });

    it('killed before any statement, or word to others, and done again it ends as if nothing had been', async () => {
      const proven = new Set<number>();
      /** False when the work came to its end before. */
      const killed = (at: object, once: (sql: Sql, told: Set<string>) => Promise<boolean>) =>
        undoing.undone(async (whole, kept) => {
          const told = new Set<string>();
          if (!(await once(whole, told))) return false;
          if (!asksProvider && proven.has(kept())) return true;
          proven.add(kept());
          expect({ at, ...(await checkBooks(whole)) }).toEqual({ at, ...SOUND });
          await run(telling(whole, told));
          expect({ at, ...(await outcome(whole, told)) }).toEqual({ at, ...undisturbed });
          return true;
        });
      const beforeStatement = (statement: number) =>
        killed({ statement }, (whole, told) => killedOnce(whole, statement, (sql) => run(telling(sql, told))));
      const beforeWord = (word: number) =>
        killed({ word }, (sql) => cutOff(word, (tell) => run({ ...opened.world, sql, tell })));
      let statement = 1;
      while (await beforeStatement(statement)) statement += 1;
      proven.clear();
      let word = 1;
      while (await beforeWord(word)) word += 1;
      expect(statement).toBeGreaterThan(1);
    });

    it('done by two at once it is done once, and whoever checks the books meanwhile finds them sound', async () => {
      const { world } = opened;
      const [, , meanwhile] = await Promise.all([run(world), run(world), checkBooks(world.sql)]);
      expect(await everythingStored(world.sql)).toEqual(undisturbed.stored);
      expect(meanwhile).toEqual(SOUND);
    });

    it('done again it changes nothing', async () => {
      await run(opened.world);
      expect(await everythingStored(opened.world.sql)).toEqual(undisturbed.stored);
    });
  });

  it('in the end the books are sound, by two who check them at once, and stay as they are', async () => {
    const { sql } = opened.world;
    const before = await everythingStored(sql);
    expect(await Promise.all([checkBooks(sql), checkBooks(sql)])).toEqual([SOUND, SOUND]);
    expect(await everythingStored(sql)).toEqual(before);
  });
}

class CutOff extends Error {}

/** Runs work that ends as it is about to tell its n-th word; false when it has no more words to tell. */
async function cutOff(word: number, work: (tell: (what: string) => void) => Promise<unknown>): Promise<boolean> {
  let told = 0;
  const tell = () => {
    told += 1;
    if (told >= word) throw new CutOff();
  };
  await work(tell).catch((error: unknown) => {
    if (!(error instanceof CutOff)) throw error;
  });
  return told >= word;
}
