import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';

import { now, waitUntil } from '../clock.js';
import { commandRecords, gatewayActivities, type CommandNext, type DeliveryOutcome } from './activities.js';

/** A charger that comes and goes: so many looks in one history. */
const LOOKS = 200;
/** A gateway that takes no more for this charger is asked again after so long. */
const BUSY_MS = 2_000;

type Delivery = Extract<CommandNext, { next: 'deliver' }>;

export interface Wake {
  /** The charger has a connection, perhaps a new one. */
  connected: boolean;
  /** Looks again after this even when nobody says so. */
  readonly lookAgainMs?: number;
}

/**
 * Carries a command to the gateway that holds its charger's socket, and waits while there is none. The state it ended
 * in; null when one history has seen enough.
 */
export async function carry(commandId: string, wake: Wake): Promise<string | null> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    wake.connected = false;
    const look = await commandRecords.lookForCharger(commandId, now());
    switch (look.next) {
      case 'ended':
        return look.state;
      case 'absent':
        await waitUntil(sooner(look.expiresAt, wake.lookAgainMs), () => wake.connected);
        break;
      case 'unsettled':
        await commandRecords.settleLostCommand(commandId);
        break;
      case 'deliver':
        await deliver(commandId, look);
        break;
      default:
        return look satisfies never;
    }
  }
  return null;
}

function sooner(instant: string, inMs = Infinity): string {
  return new Date(Math.min(Date.parse(instant), Date.now() + inMs)).toISOString();
}

/** After this the next look finds the command ended, its charger elsewhere, or at a gateway that was too busy. */
async function deliver(commandId: string, look: Delivery): Promise<void> {
  const { gateway, chargerId, connectionId, expiresAt } = look;
  const outcome = await attempt(gateway, commandId);
  if (outcome === 'lost') await commandRecords.settleLostCommand(commandId);
  if (outcome === 'busy') await waitUntil(sooner(expiresAt, BUSY_MS), () => false);
  if (outcome === 'absent' || outcome === 'gone') {
    await commandRecords.forgetConnection(chargerId, connectionId, outcome);
  }
}

/** `gone`: the gateway never began, dead or busy: the frame has not left. A gateway that died later may have sent it. */
async function attempt(gateway: string, commandId: string): Promise<DeliveryOutcome | 'gone'> {
  try {
    return await gatewayActivities(gateway).deliverCommand({ commandId });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { cause } = error;
    return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START' ? 'gone' : 'lost';
  }
}
