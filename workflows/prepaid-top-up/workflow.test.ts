import { describe, expect, test } from '@jest/globals';

import { lookAtPrepaidAccount } from '#temporal/start-workflows.js';
import { tell } from '#temporal/stories/story-server.js';
import { accountsSwept, topUpFails, topUpNotNeeded, topUpSucceeds } from '#temporal/stories/top-up-stories.js';

import { retryTopUpUpdate, topUpProgressQuery, topUpWorkflowId } from './messages.js';

describe('a top-up by mandate, over skipped time', () => {
  test('is announced, debited once after the notice, and credited once', async () => {
    await tell(async (scene) => {
      const { world } = scene;
      world.dies.set('startTopUp', 3).set('lookAtTopUp', 2).set('topUpFacts', 1);
      await topUpSucceeds(scene);
      expect(world.topUps.debits).toBe(1);
      expect(world.topUps.balances.get('c1')).toBe(2_000);
      expect(world.mails.get('prepaid-top-up/order-c1')).toBe(1);
    });
  }, 120_000);

  test('that fails is told to the customer', async () => {
    await tell(async (scene) => {
      await topUpFails(scene);
      expect(scene.world.topUps.balances.get('c2')).toBeUndefined();
    });
  }, 120_000);

  test('that is not needed any more is never debited', async () => {
    await tell(async (scene) => {
      await topUpNotNeeded(scene);
      expect(scene.world.topUps.debits).toBe(0);
    });
  }, 120_000);

  test('that cannot be asked for waits for a person, and is debited once when it can', async () => {
    await tell(async (scene) => {
      const { world } = scene;
      world.topUps.falls.set('c4', { succeedsAfter: 1 });
      world.broken.set('startTopUp', 'ACTIVITY.FAILED');
      await lookAtPrepaidAccount(scene.client, 'c4');
      await scene.until(() => world.topUps.orders.has('order-c4'), 'the order');
      const handle = scene.client.workflow.getHandle(topUpWorkflowId('order-c4'));
      await scene.until(async () => (await handle.query(topUpProgressQuery)).step === 'parked', 'a person');
      world.broken.clear();
      await handle.executeUpdate(retryTopUpUpdate, { args: [{ by: 'ana@chazemo.example' }] });
      await scene.end(handle);
      expect(world.topUps.debits).toBe(1);
    });
  }, 120_000);

  test('a sweep looks at every account and starts each top-up once', async () => {
    await tell(async (scene) => {
      await accountsSwept(scene);
      expect(scene.world.topUps.debits).toBe(3);
      expect([...scene.world.topUps.balances.values()]).toEqual([2_000, 2_000, 2_000]);
    });
  }, 120_000);
});
