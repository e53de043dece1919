import type { WorkflowHandle } from '@temporalio/client';

import {
  approveSuspensionUpdate,
  arrearsProgressQuery,
  declineSuspensionUpdate,
  pauseUpdate,
  resumeUpdate,
  retryDebitUpdate,
  waiveUpdate,
  type ArrearsProgress,
} from '#workflows/arrears/messages.js';
import { collectionPageWorkflowId } from '#workflows/collection-page/messages.js';
import { cancelCollectionUpdate } from '#workflows/collection/messages.js';
import {
  approveUpdate,
  cancelUpdate,
  holdUpdate,
  monthWorkflowId,
  progressQuery,
  releaseUpdate,
  retryUpdate,
  waiveReadingsUpdate,
  type MonthProgress,
} from '#workflows/installation-month/messages.js';
import type { installationMonth } from '#workflows/installation-month/workflow.js';

import {
  chargerProvisioned,
  commandAnswered,
  commandExpires,
  commandGatewayGone,
  commandGatewayBusy,
  commandWaits,
} from './command-stories.js';
import { STORY_INSTALLATION, type Scene } from './story-server.js';
import { accountsSwept, topUpFails, topUpNotNeeded, topUpSucceeds } from './top-up-stories.js';

/** A closed workflow whose history is worth replaying: the name of its file, and its id. */
export type Shapes = Readonly<Record<string, string>>;

/** A story in time: what it returns are the shapes of workflows it closed. */
export type Story = (scene: Scene) => Promise<Shapes>;

type Month = WorkflowHandle<typeof installationMonth>;

export const BY = { by: 'ana@chazemo.example' };

export const monthSettled: Story = async (scene) => {
  scene.world.customers = [
    { id: 'c1', cents: 8038, pays: { method: 'direct-debit', debit: { succeedsAfter: 5 } } },
    { id: 'c2', cents: 1250, pays: { method: 'prepaid', balanceCents: 5000 } },
    { id: 'c3', cents: 431, pays: { method: 'direct-debit', debit: { succeedsAfter: 3 } } },
  ];
  const period = await scene.period();
  const month = await scene.startMonth(period);
  await scene.end(month);
  return {
    'month-settled': month.workflowId,
    'collection-page': collectionPageWorkflowId({ installationId: STORY_INSTALLATION, period }, 1),
    'collection-settled-direct-debit': scene.collection(`doc-${period}-c1`).workflowId,
    'collection-settled-prepaid': scene.collection(`doc-${period}-c2`).workflowId,
  };
};

/** Late chargers, waived by a person; anomalies, mended in part and then approved; a hold before the period closes. */
export const monthHeldAndApproved: Story = async (scene) => {
  const { world } = scene;
  world.customers = [{ id: 'c1', cents: 900, pays: { method: 'prepaid', balanceCents: 5000 } }];
  world.lateChargers.set('zcs031974', '2099-01-01T00:00:00Z');
  world.lateChargers.set('zpr150666', '2099-01-01T00:00:00Z');
  world.lateLimitDays = 60;
  world.anomalies = ['spike', 'unattributed-energy'];
  const month = await scene.startMonth(await scene.period());
  await reaches(scene, month, ({ step }) => step === 'awaiting-readings');
  await month.executeUpdate(holdUpdate, { args: [{ ...BY, reason: 'the retailer corrects its price list' }] });
  await month.executeUpdate(waiveReadingsUpdate, { args: [{ ...BY, reason: 'the chargers were stolen' }] });
  await reaches(scene, month, ({ waitsFor }) => waitsFor === 'person:held');
  await month.executeUpdate(releaseUpdate, { args: [BY] });
  await reaches(scene, month, ({ step }) => step === 'awaiting-approval');
  world.anomalies = ['spike'];
  await month.executeUpdate(retryUpdate, { args: [BY] });
  await reaches(scene, month, ({ waitsFor }) => waitsFor === 'approval:spike');
  await month.executeUpdate(approveUpdate, { args: [BY] });
  await scene.end(month);
  return { 'month-held-and-approved': month.workflowId };
};

/** No price for a band in use: the month parks, a retry parks it again, a person cancels it. */
export const monthParkedAndCancelled: Story = async (scene) => {
  scene.world.tariffMissing = { band: 'ponta', date: '2026-06-01' };
  const month = await scene.startMonth(await scene.period());
  await reaches(scene, month, ({ step }) => step === 'parked');
  const { since } = await month.query(progressQuery);
  await scene.sleep(1);
  await month.executeUpdate(retryUpdate, { args: [BY] });
  await reaches(scene, month, (progress) => progress.step === 'parked' && progress.since !== since);
  await month.executeUpdate(cancelUpdate, { args: [{ ...BY, reason: 'the contract ended' }] });
  await scene.end(month);
  return { 'month-parked-and-cancelled': month.workflowId };
};

/** A failed debit; the case is paid in two parts. */
export const arrearsPaidInParts: Story = async (scene) => {
  const document = await unpaid(scene, { method: 'direct-debit', debit: { failsAfter: 3, code: 'MD07' } });
  const arrears = scene.arrears(document);
  await scene.until(() => scene.world.mails.has(`arrears/${document}/reminder`), 'the reminder');
  await scene.pay(document, 400);
  await scene.until(() => scene.world.mails.has(`arrears/${document}/formal-notice`), 'the formal notice');
  await scene.pay(document, 600);
  await scene.end(arrears);
  return {
    'collection-failed': scene.collection(document).workflowId,
    'arrears-settled-by-part-payments-after-proof': arrears.workflowId,
  };
};

/** A failed debit for lack of funds, cured by the second one. */
export const arrearsCuredByRetry: Story = async (scene) => {
  const debit = { failsAfter: 3, code: 'AM04' };
  const document = await unpaid(scene, { method: 'direct-debit', debit, retry: { succeedsAfter: 3 } });
  await scene.end(scene.arrears(document));
  return { 'arrears-settled-by-retry': scene.arrears(document).workflowId };
};

/** Too little on the prepaid balance, and nobody pays: suspended when a person approves, resumed when it is settled. */
export const arrearsToSuspension: Story = async (scene) => {
  const document = await unpaid(scene, { method: 'prepaid', balanceCents: 300 });
  const arrears = scene.arrears(document);
  await stands(scene, document, ({ stage }) => stage === 'suspension-proposed');
  await arrears.executeUpdate(declineSuspensionUpdate, { args: [{ ...BY, reason: 'the debtor is in hospital' }] });
  await arrears.executeUpdate(approveSuspensionUpdate, { args: [BY] });
  await stands(scene, document, ({ stage }) => stage === 'suspended');
  await scene.pay(document, 200);
  await scene.sleep(24);
  await scene.pay(document, 500);
  await scene.end(arrears);
  return {
    'collection-prepaid-short': scene.collection(document).workflowId,
    'arrears-suspended-and-resumed': arrears.workflowId,
  };
};

/** A complaint, then a plan that is kept for one instalment and broken at the second; then it is written off. */
export const arrearsPlanBroken: Story = async (scene) => {
  scene.world.stageDays['suspension-proposed'] = 400;
  scene.world.lapseWarningDays = 500;
  const document = await unpaid(scene, { method: 'transfer' });
  const arrears = scene.arrears(document);
  const inDays = async (days: number) => (await scene.now()).getTime() + days * 86_400_000;
  await scene.until(() => scene.world.mails.has(`arrears/${document}/notice`), 'the notice');
  await scene.change(document, (chase) => (chase.complaintOpen = true));
  await scene.sleep(24 * 10);
  await scene.change(document, (chase) => (chase.complaintOpen = false));
  await scene.until(() => scene.world.mails.has(`arrears/${document}/reminder`), 'the reminder');
  const first = await inDays(30);
  await scene.change(document, (chase) => (chase.planUntil = first));
  await scene.sleep(24 * 25);
  await scene.pay(document, 400);
  const second = await inDays(30);
  await scene.change(document, (chase) => (chase.planUntil = second));
  await scene.until(() => scene.world.mails.has(`arrears/${document}/formal-notice`), 'the formal notice');
  scene.world.pay(document, 600);
  await scene.change(document, (chase) => (chase.ending = 'written-off'));
  await scene.end(arrears);
  return { 'arrears-plan-broken-and-written-off': arrears.workflowId };
};

/** Nothing helps, the chase is paused, and the claim would lapse: staff are warned and hand it over. */
export const arrearsHandedOver: Story = async (scene) => {
  const document = await unpaid(scene, { method: 'transfer' });
  const arrears = scene.arrears(document);
  await stands(scene, document, ({ stage }) => stage === 'suspension-proposed');
  scene.world.refuseDecision = true;
  const approval = arrears.executeUpdate(approveSuspensionUpdate, { args: [BY] });
  await stands(scene, document, ({ stage }) => stage === 'parked');
  await approval;
  await arrears.executeUpdate(retryDebitUpdate, { args: [BY] });
  await arrears.executeUpdate(pauseUpdate, { args: [{ ...BY, reason: 'the manager talks to the family' }] });
  await scene.until(() => scene.world.mails.has(`arrears/${document}/lapse`), 'the warning of the deadline');
  await scene.change(document, (chase) => (chase.ending = 'handed-over'));
  await scene.end(arrears);
  return { 'arrears-handed-over': arrears.workflowId };
};

/** Nobody may debit; staff pause the chase, take it up again, and write it off. */
export const arrearsWaived: Story = async (scene) => {
  const document = await unpaid(scene, { method: 'direct-debit', mandate: false });
  const arrears = scene.arrears(document);
  await scene.until(() => scene.world.mails.has(`arrears/${document}/reminder`), 'the reminder');
  await arrears.executeUpdate(pauseUpdate, { args: [{ ...BY, reason: 'a complaint is open' }] });
  await scene.sleep(24 * 30);
  await arrears.executeUpdate(resumeUpdate, { args: [BY] });
  await scene.until(() => scene.world.mails.has(`arrears/${document}/formal-notice`), 'the formal notice');
  await arrears.executeUpdate(retryDebitUpdate, { args: [BY] });
  await scene.sleep(1);
  await arrears.executeUpdate(waiveUpdate, { args: [{ ...BY, reason: 'settled among neighbours' }] });
  await scene.end(arrears);
  return {
    'collection-no-mandate': scene.collection(document).workflowId,
    'arrears-waived': arrears.workflowId,
  };
};

/** A debit that is processing past the limit is never doubled and nobody is chased; at last it succeeds. */
export const processingTooLong: Story = async (scene) => {
  scene.world.processingLimitDays = 6;
  const document = await unpaid(scene, { method: 'direct-debit', debit: { succeedsAfter: 30 } });
  await scene.end(scene.arrears(document));
  return {
    'collection-processing-too-long': scene.collection(document).workflowId,
    'arrears-debit-succeeded-late': scene.arrears(document).workflowId,
  };
};

export const transferNotPaid: Story = async (scene) => {
  const document = await unpaid(scene, { method: 'transfer' });
  await scene.until(() => scene.world.mails.has(`arrears/${document}/notice`), 'the notice');
  await scene.pay(document, 1000);
  await scene.end(scene.arrears(document));
  return {
    'collection-transfer-not-paid': scene.collection(document).workflowId,
    'arrears-settled-after-notice': scene.arrears(document).workflowId,
  };
};

/** Thirty cents: no debit is made of so little; it is asked for in another way, and the month does not wait for it. */
export const debitTooSmall: Story = async (scene) => {
  const pays = { method: 'direct-debit', debit: { succeedsAfter: 1 } } as const;
  scene.world.customers = [{ id: 'c1', cents: 30, pays }];
  const period = await scene.period();
  await scene.end(await scene.startMonth(period));
  return { 'collection-debit-too-small': scene.collection(`doc-${period}-c1`).workflowId };
};

export const collectionCancelled: Story = async (scene) => {
  scene.world.customers = [{ id: 'c1', cents: 1000, pays: { method: 'transfer' } }];
  const period = await scene.period();
  const month = await scene.startMonth(period);
  const collection = scene.collection(`doc-${period}-c1`);
  await reaches(scene, month, ({ step }) => step === 'collecting');
  await collection.executeUpdate(cancelCollectionUpdate, { args: [{ ...BY, reason: 'credited' }] });
  await scene.end(month);
  return { 'collection-cancelled': collection.workflowId };
};

/** The schedule's starter: the month before the one it runs in. */
export const monthStarted: Story = async (scene) => {
  await scene.sleep(24 * 31); // a month that no story before has told
  const workflowId = `close/${STORY_INSTALLATION}-${await scene.period()}`;
  const start = () =>
    scene.client.workflow.start('monthStarter', {
      taskQueue: 'chazemo',
      workflowId,
      args: [{ installationId: STORY_INSTALLATION }],
    });
  const monthId: string = await scene.end(await start());
  await scene.end(scene.client.workflow.getHandle(monthId));
  await scene.end(await start()); // the schedule fired twice: the month that ran is left alone
  return { 'month-starter': workflowId };
};

export const STORIES: Readonly<Record<string, Story>> = {
  monthSettled,
  monthHeldAndApproved,
  monthParkedAndCancelled,
  arrearsPaidInParts,
  arrearsCuredByRetry,
  arrearsToSuspension,
  arrearsPlanBroken,
  arrearsHandedOver,
  arrearsWaived,
  processingTooLong,
  transferNotPaid,
  debitTooSmall,
  collectionCancelled,
  monthStarted,
  topUpSucceeds,
  topUpFails,
  topUpNotNeeded,
  accountsSwept,
  commandAnswered,
  commandWaits,
  commandExpires,
  commandGatewayGone,
  commandGatewayBusy,
  chargerProvisioned,
};

/** Lets time pass until the month's progress is so. */
export async function reaches(scene: Scene, month: Month, so: (progress: MonthProgress) => boolean): Promise<void> {
  await scene.until(async () => so(await month.query(progressQuery)), `${month.workflowId}`);
}

/** Lets time pass until the case's progress is so. */
export async function stands(
  scene: Scene,
  documentId: string,
  so: (progress: ArrearsProgress) => boolean,
): Promise<void> {
  await scene.until(async () => so(await scene.arrears(documentId).query(arrearsProgressQuery)), documentId);
}

/** A month with one customer who owes 10.00 €, told to its end. @returns the document in arrears */
async function unpaid(scene: Scene, pays: Scene['world']['customers'][number]['pays']): Promise<string> {
  scene.world.customers = [{ id: 'c1', cents: 1000, pays }];
  const period = await scene.period();
  const input = { installationId: STORY_INSTALLATION, period };
  await scene.startMonth(period);
  await scene.end(scene.client.workflow.getHandle(monthWorkflowId(input)));
  return `doc-${period}-c1`;
}
