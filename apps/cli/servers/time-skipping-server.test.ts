import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestWorkflowEnvironment } from '@temporalio/testing';

import { timeSkippingServerPath } from './time-skipping-server.js';

describe('the time-skipping test server', () => {
  let environment: TestWorkflowEnvironment;

  beforeAll(async () => {
    const path = await timeSkippingServerPath();
    environment = await TestWorkflowEnvironment.createTimeSkipping({
      server: { executable: { type: 'existing-path', path } },
    });
  }, 600_000);

  afterAll(async () => {
    await environment?.teardown();
  });

  test('moves its clock over thirty days at once', async () => {
    const before = await environment.currentTimeMs();
    await environment.sleep('30 days');
    expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(30 * 86_400_000);
  });

  test('is found again in the cache', async () => {
    const said: string[] = [];
    expect(await timeSkippingServerPath({ tell: (line) => said.push(line) })).toMatch(/temporal-test-server/);
    expect(said).toEqual([]);
  });
});
