import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import type { ProcessName } from '#apps/cli/system/start-system.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';

import { startDemo, type Demo } from '../demo/demo.js';
import { GOLDEN_WH } from '../demo/golden-june.js';
import { followMonth, goldenLines, startMonth, type MonthView } from '../demo/month.js';
import { playJune } from '../demo/play.js';
import { INSTALLATION_ID, PERIOD } from '../demo/world.js';
import { temporaryDataFolder, type TemporaryDataFolder } from '../setup/data-folder.js';

let demo: Demo;
let folder: TemporaryDataFolder;

beforeAll(async () => {
  folder = await temporaryDataFolder('kill');
  demo = await startDemo({
    dataDir: folder.path,
    env: { PATH: process.env['PATH'] },
    httpPort: 0,
    ocppPort: 0,
    console: false,
  });
}, 300_000);

afterAll(async () => {
  await demo?.stop();
  await folder.remove();
}, 60_000);

/** kill -9, as a power cut or the kernel would. The supervisor starts it again. */
function kill(name: ProcessName): void {
  const pid = demo.system.pids[name];
  if (typeof pid !== 'number') throw new Error(`${name} does not run`);
  process.kill(pid, 'SIGKILL');
}

/** Kills once, the first time that `when` holds. */
function once(when: boolean, done: Set<string>, name: string, run: () => void): void {
  if (!when || done.has(name)) return;
  done.add(name);
  run();
}

describe('kill -9 in the middle of the month', () => {
  const killed = new Set<string>();
  let month: MonthView;

  it('of gateway, PostgreSQL and worker: the month completes all the same', async () => {
    const june = await playJune(demo.world, {
      ocppUrl: demo.system.urls.ocpp,
      onProgress: (done, total) => {
        once(done > total * 0.3, killed, 'gateway while June is played', () => kill('gateway'));
        once(done > total * 0.6, killed, 'postgres while June is played', () => kill('postgres'));
      },
    });
    const started = await startMonth(demo.api, INSTALLATION_ID, PERIOD);
    month = await followMonth(demo.api, started.cycleId, {
      approve: true,
      timeoutMs: 240_000,
      onAwaitingReadings: () => june.deliverLate(),
      onProgress: (now) => {
        once(now.step === 'invoicing' && now.done > 3, killed, 'worker while invoices are issued', () =>
          kill('worker'),
        );
        once(now.step === 'reporting', killed, 'worker while the report is made', () => kill('worker'));
      },
      // Money comes in from the first invoice on, while the report may still wait for the killed worker's to time out.
      onLook: ({ invoices, finishedAt }) => {
        const settled = finishedAt === null ? invoices.settled : 0;
        once(settled > 0, killed, 'postgres while money is collected', () => kill('postgres'));
        once(settled > 5, killed, 'worker while money is collected', () => kill('worker'));
      },
    });
    await june.close();
    expect(month.step).toBe('done');
    expect([...killed]).toEqual(
      expect.arrayContaining([
        'gateway while June is played',
        'postgres while June is played',
        'postgres while money is collected',
      ]),
    );
    expect([...killed].some((name) => name.startsWith('worker'))).toBe(true);
  }, 360_000);

  it('no energy is lost and none is counted twice', async () => {
    const lines = await goldenLines(demo.database.sql, month.cycleId);
    const energies = Object.fromEntries(lines.map(({ dayType, label, wh }) => [`${dayType}/${label}`, wh]));
    expect(energies).toEqual(GOLDEN_WH);
    const sessions = await demo.database.sql.selectFrom('charging_transaction').select('id').execute();
    expect(sessions).toHaveLength(demo.world.spots.reduce((sum, spot) => sum + spot.sessions.length, 0));
  });

  it('no invoice is issued twice, and no number is left out', async () => {
    const documents = await demo.database.sql
      .selectFrom('fiscal_document')
      .select(['customer_id', 'number', 'series_id'])
      .orderBy('number')
      .execute();
    expect(new Set(documents.map((document) => document.customer_id)).size).toBe(documents.length);
    for (const ofSeries of Map.groupBy(documents, (document) => document.series_id).values()) {
      expect(ofSeries.map((document) => document.number)).toEqual(ofSeries.map((_, index) => index + 1));
    }
    expect((await checkLedger(demo.database.sql)).balanced).toBe(true);
  });

  it('no debit is made twice', async () => {
    const response = await fetch(`${demo.system.env['STRIPE_API_BASE']}/_sandbox/counters`);
    const { documents } = (await response.json()) as {
      documents: Record<string, { created: number; succeeded: number; receivedCents: number }>;
    };
    const attempts = await demo.database.sql
      .selectFrom('payment_attempt')
      .innerJoin('fiscal_document', 'fiscal_document.id', 'payment_attempt.document_id')
      .select(['document_id', 'gross_cents', 'payment_attempt.method'])
      .where('payment_attempt.method', '=', 'stripe-sepa')
      .execute();
    const made = new Map<string, { attempts: number; grossCents: number }>();
    for (const { document_id: id, gross_cents: grossCents } of attempts) {
      made.set(id, { attempts: (made.get(id)?.attempts ?? 0) + 1, grossCents });
    }
    expect(made.size).toBeGreaterThan(20);
    for (const [id, { attempts: expected, grossCents }] of made) {
      expect({ id, created: documents[id]?.created }).toEqual({ id, created: expected });
      expect(documents[id]?.succeeded).toBeLessThanOrEqual(1);
      expect([0, grossCents]).toContain(documents[id]?.receivedCents);
    }
  });

  it('no mail is sent twice', async () => {
    const mails = demo.database.sql.selectFrom('mail').select(['id', 'key']);
    const sent = await mails.where('sent_at', 'is not', null).execute();
    const kept = (await readdir(join(folder.path, 'mail'))).filter((name) => name.endsWith('.eml'));
    expect(sent.length).toBeGreaterThan(30);
    // arrears go on writing while we look: what is marked as sent is there, once, and nothing is there twice
    for (const { id } of sent) expect(kept.filter((name) => name.includes(id))).toHaveLength(1);
    const known = (await mails.execute()).map(({ id }) => id);
    expect(kept.filter((name) => !known.some((id) => name.includes(id)))).toEqual([]);
    expect(sent.filter(({ key }) => key.startsWith('manager-report/'))).toHaveLength(1);
  });
});
