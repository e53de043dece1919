import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { beforeAll, describe, expect, test } from '@jest/globals';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';

import { bundleStories, bundleWorkflows } from './stories/story-server.js';

const FOLDER = fileURLToPath(new URL('histories', import.meta.url));
const SHAPES = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

const history = (name: string): unknown => JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));

describe('the workflows of today replay what ran before', () => {
  let workflowBundle: WorkflowBundleWithSourceMap;
  beforeAll(async () => {
    workflowBundle = await bundleStories();
  });

  test('every closed shape is recorded', () => {
    expect(SHAPES.map((name) => basename(name, '.json'))).toEqual(
      expect.arrayContaining([
        'month-settled',
        'month-held-and-approved',
        'month-parked-and-cancelled',
        'collection-page',
        'collection-settled-direct-debit',
        'collection-settled-prepaid',
        'collection-failed',
        'collection-prepaid-short',
        'collection-no-mandate',
        'collection-transfer-not-paid',
        'collection-processing-too-long',
        'collection-cancelled',
        'arrears-settled-by-part-payments',
        'arrears-settled-by-retry',
        'arrears-debit-succeeded-late',
        'arrears-suspension-proposed',
        'arrears-waived',
        'arrears-settled-after-notice',
        'arrears-settled-by-part-payments-after-proof',
        'arrears-suspended-and-resumed',
        'arrears-plan-broken-and-written-off',
        'arrears-handed-over',
        'month-starter',
        'top-up-succeeded',
        'top-up-failed',
        'top-up-not-needed',
        'prepaid-watch',
        'prepaid-sweep',
        'command-answered',
        'command-waited',
        'command-expired',
        'command-gateway-gone',
        'charger-provisioned',
      ]),
    );
  });

  test.each(SHAPES)('%s', async (name) => {
    await expect(Worker.runReplayHistory({ workflowBundle }, history(name))).resolves.toBeUndefined();
  });
});

test('a workflow that was changed without a patch is caught', async () => {
  const twin = fileURLToPath(new URL('wrong-twin/workflows.ts', import.meta.url));
  const workflowBundle = await bundleWorkflows(twin);
  await expect(Worker.runReplayHistory({ workflowBundle }, history('month-settled.json'))).rejects.toBeInstanceOf(
    DeterminismViolationError,
  );
});

test('a history that was tampered with is caught', async () => {
  const { events } = history('collection-settled-prepaid.json') as { events: { eventType: string }[] };
  const timer = events.findIndex(({ eventType }) => eventType === 'EVENT_TYPE_TIMER_STARTED');
  const withoutTimer = { events: events.filter((_event, index) => index !== timer) };
  const workflowBundle = await bundleStories();
  await expect(Worker.runReplayHistory({ workflowBundle }, withoutTimer)).rejects.toThrow();
});
