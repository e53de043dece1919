import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';

import { UNTIL_IT_WORKS } from '../retry-policies.js';
import { gatewayTaskQueue } from '../task-queues.js';

/** What comes next for a command; instants as ISO 8601. */
export type CommandNext =
  | { readonly next: 'ended'; readonly state: string }
  | { readonly next: 'absent'; readonly expiresAt: string }
  | {
      readonly next: 'deliver';
      readonly chargerId: string;
      readonly gateway: string;
      readonly connectionId: string;
      readonly expiresAt: string;
    }
  | { readonly next: 'unsettled' };

/** Short steps in the database. */
export interface CommandRecords {
  /**
   * Looks where the charger is; ends the command when it has expired, or was not to wait. `at` is the workflow's time,
   * by which its timers run.
   */
  lookForCharger(commandId: string, at: string): Promise<CommandNext>;
  /** A command that was sent and whose answer is not to be had: sent again when that does no harm, else timed out. */
  settleLostCommand(commandId: string): Promise<string>;
  /**
   * Nobody answers for this socket any more; one that the charger has opened since stays. `gone`: its gateway did not
   * begin; one that shows life by its chargers is only busy, and the socket stays. Else it said that it has none.
   */
  forgetConnection(chargerId: string, connectionId: string, how: 'absent' | 'gone'): Promise<void>;
}

export interface DeliverInput {
  readonly commandId: string;
}

/** `busy`: so many wait for their turn at this charger already that its gateway takes no more for now. */
export type DeliveryOutcome = 'ended' | 'absent' | 'lost' | 'busy';

/** What each gateway process does, on its own queue. */
export interface GatewayActivities {
  deliverCommand(input: DeliverInput): Promise<DeliveryOutcome>;
}

export const commandRecords = proxyLocalActivities<CommandRecords>({
  startToCloseTimeout: '10 seconds',
  retry: UNTIL_IT_WORKS,
});

/**
 * A gateway that does not begin within seconds is gone or has its hands full; one that fell silent is gone. Never tried again by itself: the
 * frame may have left.
 */
export const gatewayActivities = (gateway: string): GatewayActivities =>
  proxyActivities<GatewayActivities>({
    taskQueue: gatewayTaskQueue(gateway),
    scheduleToStartTimeout: '5 seconds',
    startToCloseTimeout: '20 minutes',
    heartbeatTimeout: '10 seconds',
    retry: { maximumAttempts: 1 },
  });
