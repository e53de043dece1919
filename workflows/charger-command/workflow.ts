import { ActivityFailure, continueAsNew, setHandler, TimeoutFailure } from '@temporalio/workflow';

import { now, waitUntil } from '../clock.js';
import { commandRecords, gatewayActivities, type CommandNext, type DeliveryOutcome } from './activities.js';
import { chargerConnectedSignal, type ChargerCommandInput } from './messages.js';

/** A charger that comes and goes: so many looks in one history. */
const LOOKS = 200;

type Delivery = Extract<CommandNext, { next: 'deliver' }>;

/**
 * Carries a command to the gateway that holds its charger's socket, and waits while there is none. What became of it
 * stands in the database; this says the state it ended in.
 */
export async function chargerCommand({ commandId }: ChargerCommandInput): Promise<string> {
  let connected = false;
  setHandler(chargerConnectedSignal, () => {
    connected = true;
  });
  for (let looks = 0; looks < LOOKS; looks += 1) {
    connected = false;
    const look = await commandRecords.lookForCharger(commandId, now());
    switch (look.next) {
      case 'ended':
        return look.state;
      case 'absent':
        await waitUntil(look.expiresAt, () => connected);
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
  return continueAsNew<typeof chargerCommand>({ commandId });
}

/** After this the next look finds the command ended, or its charger elsewhere. */
async function deliver(commandId: string, { gateway, chargerId, connectionId }: Delivery): Promise<void> {
  const outcome = await attempt(gateway, commandId);
  if (outcome === 'lost') await commandRecords.settleLostCommand(commandId);
  if (outcome === 'absent' || outcome === 'gone') await commandRecords.forgetConnection(chargerId, connectionId);
}

/** `gone`: the gateway never began; a gateway that died later may have sent the frame. */
async function attempt(gateway: string, commandId: string): Promise<DeliveryOutcome | 'gone'> {
  try {
    return await gatewayActivities(gateway).deliverCommand({ commandId });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    const { cause } = error;
    return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START' ? 'gone' : 'lost';
  }
}
