import { describe, expect, it } from '@jest/globals';

import { TemporalWorkflowGateway } from './temporal-workflow-gateway.js';
import { WorkflowsAway } from './workflow-gateway.js';

const MONTH = { installationId: 'park', period: '2026-06' };

describe('the Temporal gateway', () => {
  it('says that the server is away when it cannot connect, and tries anew each time', async () => {
    let attempts = 0;
    const gateway = new TemporalWorkflowGateway(async () => {
      attempts += 1;
      throw new Error('connection refused');
    });
    await expect(gateway.startMonth(MONTH)).rejects.toThrow(WorkflowsAway);
    await expect(gateway.ledgerChanged('document')).rejects.toThrow(WorkflowsAway);
    expect(await gateway.isReachable()).toBe(false);
    expect(attempts).toBe(3);
    await gateway.close();
  });

  it('does not wait for ever for a connection', async () => {
    const gateway = new TemporalWorkflowGateway(() => new Promise(() => undefined));
    expect(await gateway.isReachable()).toBe(false);
  });
});
