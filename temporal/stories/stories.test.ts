import { expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';

import type { FakeWorld } from './fake-world.js';
import { STORIES } from './stories.js';
import { bundleStories, tell } from './story-server.js';

interface Ending {
  readonly collection?: string;
  readonly reason?: string | null;
  readonly arrears?: string | null;
  readonly stages?: readonly string[];
  /** Of the last month; a story of prepaid accounts has none. */
  readonly month?: string;
  readonly topUpDebits?: number;
  readonly mails?: readonly string[];
  readonly debits?: number;
  /** Of the last command. */
  readonly command?: { readonly state: string; readonly sends: number };
  /** The debtor may charge again. */
  readonly resumed?: boolean;
}

/** What each story must come to, for its last document. */
const ENDINGS: Readonly<Record<string, Ending>> = {
  monthSettled: { month: 'settled', collection: 'settled', reason: null, arrears: null, debits: 1 },
  monthHeldAndApproved: { month: 'settled', collection: 'settled', reason: null, arrears: null },
  monthParkedAndCancelled: { month: 'cancelled' },
  arrearsPaidInParts: {
    month: 'arrears',
    reason: 'MD07',
    arrears: 'settled',
    stages: ['notice', 'reminder', 'formal-notice'],
    debits: 1,
  },
  arrearsCuredByRetry: {
    month: 'arrears',
    reason: 'AM04',
    arrears: 'settled',
    stages: ['notice', 'reminder', 'retry'],
    debits: 2,
  },
  arrearsToSuspension: {
    month: 'arrears',
    reason: 'prepaid-too-low',
    arrears: 'settled',
    stages: ['notice', 'reminder', 'formal-notice', 'suspension-proposed', 'suspended'],
    resumed: true,
  },
  arrearsPlanBroken: {
    month: 'arrears',
    arrears: 'written-off',
    stages: ['notice', 'reminder', 'formal-notice'],
    resumed: false,
  },
  arrearsHandedOver: {
    month: 'arrears',
    arrears: 'handed-over',
    stages: ['notice', 'reminder', 'formal-notice', 'suspension-proposed'],
  },
  arrearsWaived: {
    month: 'arrears',
    reason: 'no-mandate',
    arrears: 'waived',
    stages: ['notice', 'reminder', 'formal-notice'],
  },
  processingTooLong: {
    month: 'arrears',
    reason: 'processing-too-long',
    arrears: 'settled',
    stages: [],
    debits: 1,
  },
  transferNotPaid: { month: 'arrears', reason: 'not-paid', arrears: 'settled', stages: ['notice'] },
  debitTooSmall: { month: 'arrears', collection: 'arrears', reason: 'not-paid', debits: 0 },
  collectionCancelled: { month: 'settled', collection: 'cancelled', reason: 'credited', arrears: null },
  monthStarted: { month: 'nothing-due' },
  topUpSucceeds: { topUpDebits: 1, mails: ['prepaid-low/c1', 'prepaid-top-up/order-c1'] },
  topUpFails: { topUpDebits: 1, mails: ['prepaid-auto-off/order-c2', 'prepaid-low/c2', 'prepaid-top-up/order-c2'] },
  topUpNotNeeded: { topUpDebits: 0, mails: ['prepaid-low/c3', 'prepaid-top-up/order-c3'] },
  accountsSwept: { topUpDebits: 3 },
  commandAnswered: { command: { state: 'answered', sends: 1 } },
  commandWaits: { command: { state: 'answered', sends: 2 } },
  commandExpires: { command: { state: 'expired', sends: 0 } },
  chargerProvisioned: { command: { state: 'answered', sends: 1 } },
  commandGatewayGone: { command: { state: 'timed-out', sends: 1 } },
  commandGatewayBusy: { command: { state: 'answered', sends: 1 } },
};

function endingOf(world: FakeWorld): Ending {
  const document = [...world.documents.values()].at(-1);
  const cycle = [...world.cycles.values()].at(-1);
  const command = [...world.commands.commands.values()].at(-1);
  return {
    ...(command === undefined ? {} : { command: { state: command.state, sends: command.sends } }),
    month: cycle?.shown?.outcome ?? '',
    topUpDebits: world.topUps.debits,
    mails: [...world.mails.keys()].sort(),
    ...(document === undefined
      ? {}
      : {
          collection: document.collection.outcome ?? '',
          reason: document.collection.reason,
          arrears: document.arrears?.outcome ?? null,
          stages: document.arrears?.entered ?? [],
          resumed: document.arrears?.resumed ?? false,
          debits: document.attempts.length,
        }),
  };
}

test.each(Object.entries(STORIES))(
  '%s comes to its end, and its histories replay',
  async (name, story) => {
    const workflowBundle = await bundleStories();
    await tell(async (scene) => {
      const shapes = Object.values(await story(scene));
      expect(endingOf(scene.world)).toMatchObject(ENDINGS[name] ?? { month: 'every story has an ending' });
      for (const workflowId of shapes) {
        const history = await scene.client.workflow.getHandle(workflowId).fetchHistory();
        await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
      }
    });
  },
  60_000,
);
