import { topUpChangedSignal, topUpWorkflowId } from '#workflows/prepaid-top-up/messages.js';
import { PREPAID_SWEEP_ID, prepaidWatchWorkflowId } from '#workflows/prepaid-watch/messages.js';
import { TASK_QUEUE } from '#workflows/task-queues.js';

import { lookAtPrepaidAccount } from '../start-workflows.js';
import type { Scene } from './story-server.js';

type Shapes = Readonly<Record<string, string>>;

/** One account falls below its threshold: it is told, topped up after the notice, and looked at again. */
export async function topUpSucceeds(scene: Scene): Promise<Shapes> {
  scene.world.topUps.falls.set('c1', { succeedsAfter: 4 });
  await fall(scene, 'c1');
  await scene.until(() => scene.world.topUps.debits === 1, 'the debit');
  for (let times = 0; times < 3; times += 1) await topUp(scene, 'c1').signal(topUpChangedSignal);
  await scene.end(topUp(scene, 'c1'));
  return { 'top-up-succeeded': topUpWorkflowId('order-c1'), 'prepaid-watch': prepaidWatchWorkflowId('c1') };
}

/** The bank refuses the debit: the customer is told that automatic top-up is off. */
export async function topUpFails(scene: Scene): Promise<Shapes> {
  scene.world.topUps.falls.set('c2', { failsAfter: 3, reason: 'insufficient-funds' });
  await fall(scene, 'c2');
  await scene.until(() => scene.world.mails.has('prepaid-auto-off/order-c2'), 'the mail');
  await scene.end(topUp(scene, 'c2'));
  return { 'top-up-failed': topUpWorkflowId('order-c2') };
}

/** Money came in otherwise between the notice and the debit: nothing is debited. */
export async function topUpNotNeeded(scene: Scene): Promise<Shapes> {
  scene.world.topUps.falls.set('c3', { notNeeded: true });
  await fall(scene, 'c3');
  await scene.end(topUp(scene, 'c3'));
  return { 'top-up-not-needed': topUpWorkflowId('order-c3') };
}

/** The hourly sweep over all accounts, a page at a time. */
export async function accountsSwept(scene: Scene): Promise<Shapes> {
  for (const id of ['a', 'b', 'c']) scene.world.topUps.falls.set(id, { succeedsAfter: 1 });
  const sweep = await scene.client.workflow.start('prepaidSweep', {
    taskQueue: TASK_QUEUE,
    workflowId: PREPAID_SWEEP_ID,
    args: [{ after: null }],
  });
  await scene.end(sweep);
  for (const id of ['a', 'b', 'c']) await scene.end(topUp(scene, id));
  return { 'prepaid-sweep': PREPAID_SWEEP_ID };
}

const topUp = (scene: Scene, customerId: string) =>
  scene.client.workflow.getHandle(topUpWorkflowId(`order-${customerId}`));

async function fall(scene: Scene, customerId: string): Promise<void> {
  await lookAtPrepaidAccount(scene.client, customerId);
  await scene.until(() => scene.world.mails.has(`prepaid-low/${customerId}`), 'the first look');
}
