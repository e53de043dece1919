import { expect, test } from '@jest/globals';
import { WorkflowExecutionAlreadyStartedError, WorkflowUpdateFailedError } from '@temporalio/client';

import { BY, reaches, stands } from '#temporal/stories/stories.js';
import { STORY_INSTALLATION, tell, type Scene } from '#temporal/stories/story-server.js';

import { paymentChangedSignal } from './collection/messages.js';
import {
  approveUpdate,
  cancelUpdate,
  holdUpdate,
  monthWorkflowId,
  releaseUpdate,
  retryUpdate,
  waiveReadingsUpdate,
} from './installation-month/messages.js';

const AM04 = { failsAfter: 3, code: 'AM04' };

function residents(scene: Scene): void {
  scene.world.customers = [
    { id: 'c1', cents: 8038, pays: { method: 'direct-debit', debit: { succeedsAfter: 5 } } },
    { id: 'c2', cents: 1250, pays: { method: 'prepaid', balanceCents: 100_000 } },
    { id: 'c3', cents: 4000, pays: { method: 'direct-debit', debit: AM04, retry: { succeedsAfter: 3 } } },
    { id: 'c4', cents: 2500, pays: { method: 'direct-debit', debit: { failsAfter: 2, code: 'MD07' } } },
    { id: 'c5', cents: 700, pays: { method: 'direct-debit', mandate: false } },
  ];
}

/** The command is refused, in words a person understands. */
async function refused(update: Promise<unknown>, words: RegExp): Promise<void> {
  const error: unknown = await update.then(
    () => null,
    (failure: unknown) => failure,
  );
  expect(error).toBeInstanceOf(WorkflowUpdateFailedError);
  expect((error as WorkflowUpdateFailedError).cause?.message).toMatch(words);
}

async function firstMonth(scene: Scene, period: string): Promise<void> {
  const { world } = scene;
  world.lateChargers.set('zcs031974', '2099-01-01T00:00:00Z');
  world.lateLimitDays = 60;
  const month = await scene.startMonth(period);
  await expect(scene.startMonth(period)).rejects.toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
  await reaches(scene, month, ({ waitsFor }) => waitsFor === 'readings:zcs031974');
  await refused(month.executeUpdate(approveUpdate, { args: [BY] }), /Nothing waits for approval.*awaiting-readings/);
  await refused(month.executeUpdate(releaseUpdate, { args: [BY] }), /not held/);
  await refused(month.executeUpdate(retryUpdate, { args: [BY] }), /nothing to try again/);
  await month.executeUpdate(holdUpdate, { args: [{ ...BY, reason: 'wait' }] });
  await refused(month.executeUpdate(holdUpdate, { args: [{ ...BY, reason: 'wait' }] }), /already held/);
  await month.executeUpdate(waiveReadingsUpdate, { args: [{ ...BY, reason: 'it burnt' }] });
  await reaches(scene, month, ({ waitsFor }) => waitsFor === 'person:held');
  expect(world.count('closeMonth')).toBe(0);
  await month.executeUpdate(releaseUpdate, { args: [BY] });
  await reaches(scene, month, ({ step }) => step === 'collecting');
  await refused(month.executeUpdate(cancelUpdate, { args: [{ ...BY, reason: 'no' }] }), /credit notes/);
  world.lateChargers.clear();
  // The provider tells everything three times, and of a payment nobody knows yet.
  const collection = scene.collection(`doc-${period}-c1`);
  for (let times = 0; times < 3; times += 1) await collection.signal(paymentChangedSignal, { providerPaymentId: 'pi' });
  expect(await scene.end(month)).toEqual({ outcome: 'arrears', collections: { settled: 2, arrears: 3, cancelled: 0 } });
}

/** The worker is killed after each piece of work and before it could say so. */
async function secondMonth(scene: Scene, period: string): Promise<void> {
  const { world } = scene;
  world.anomalies = ['spike'];
  for (const activity of ['openMonth', 'closeMonth', 'rateMonth', 'issueInvoices', 'storeInvoicePdfs', 'startDebit']) {
    world.dies.set(activity, 2);
  }
  for (const activity of ['buildManagerReport', 'deductPrepaid', 'recordCollection', 'recordMonth', 'openArrears']) {
    world.dies.set(activity, 2);
  }
  const month = await scene.startMonth(period);
  await reaches(scene, month, ({ waitsFor }) => waitsFor === 'approval:spike');
  expect(world.documents.has(`doc-${period}-c1`)).toBe(false);
  await month.executeUpdate(approveUpdate, { args: [BY] });
  expect(await scene.end(month)).toEqual({ outcome: 'arrears', collections: { settled: 2, arrears: 3, cancelled: 0 } });
  expect(world.accepted).toEqual([BY.by]);
  expect([...world.dies.values()].every((left) => left === 0)).toBe(true);
  expect(world.documentOf('c1', period).attempts).toHaveLength(1);
}

async function thirdMonth(scene: Scene, period: string): Promise<void> {
  const { world } = scene;
  world.tariffMissing = { band: 'ponta', date: `${period}-01` };
  world.refuseInvoiceOf = 'c2';
  world.broken.set('buildManagerReport', 'ACTIVITY.FAILED');
  const month = await scene.startMonth(period);
  await reaches(scene, month, ({ waitsFor }) => waitsFor === `person:TARIFF.NOT_FOUND:ponta:${period}-01`);
  world.tariffMissing = null;
  await month.executeUpdate(retryUpdate, { args: [BY] });
  await reaches(scene, month, ({ waitsFor }) => waitsFor === 'person:CUSTOMER.NIF_INVALID:c2');
  expect(world.documents.has(`doc-${period}-c5`)).toBe(true);
  world.refuseInvoiceOf = null;
  await month.executeUpdate(retryUpdate, { args: [BY] });
  await reaches(scene, month, ({ waitsFor }) => waitsFor === 'person:ACTIVITY.FAILED:buildManagerReport');
  world.broken.clear();
  await month.executeUpdate(retryUpdate, { args: [BY] });
  await scene.end(month);
}

test('a quarter of one installation, with everything that goes wrong', async () => {
  await tell(async (scene) => {
    residents(scene);
    const periods = [await scene.period(0), await scene.period(3), await scene.period(6)] as const;
    await firstMonth(scene, periods[0]);
    await scene.until(() => scene.world.documentOf('c3', periods[0]).arrears?.outcome === 'settled', 'the retry');
    await scene.pay(`doc-${periods[0]}-c4`, 1000);
    await scene.pay(`doc-${periods[0]}-c4`, 1500);
    expect(await scene.end(scene.arrears(`doc-${periods[0]}-c4`))).toBe('settled');
    await secondMonth(scene, periods[1]);
    await thirdMonth(scene, periods[2]);
    await stands(scene, `doc-${periods[2]}-c5`, ({ stage }) => stage === 'suspension-proposed');
    await scene.pay(`doc-${periods[2]}-c5`, scene.world.documentOf('c5', periods[2]).dueCents);
    expect(await scene.end(scene.arrears(`doc-${periods[2]}-c5`))).toBe('settled');

    const { world } = scene;
    for (const period of periods) {
      const cycle = world.cycles.get(`cycle-${period}`);
      expect(cycle?.shown).toMatchObject({ step: 'done', outcome: 'arrears', done: 5, total: 5, waitsFor: null });
      for (const { id } of world.customers) {
        const document = world.documentOf(id, period);
        expect(document.collection.outcome).toBe(['c1', 'c2'].includes(id) ? 'settled' : 'arrears');
        expect(world.mails.get(`prenotification/${document.id}`)).toBe(1);
      }
      expect(world.mails.get(`manager-report/cycle-${period}`)).toBe(1);
      expect(world.finalReports.has(`cycle-${period}`)).toBe(true);
    }
    expect(world.documents.size).toBe(15);
    // Whoever starts a finished month again finds it finished.
    const again = await scene.startMonth(periods[0]);
    expect(await scene.end(again)).toMatchObject({ outcome: 'arrears' });
    expect(again.workflowId).toBe(monthWorkflowId({ installationId: STORY_INSTALLATION, period: periods[0] }));
    expect(world.documents.size).toBe(15);
  });
}, 180_000);
