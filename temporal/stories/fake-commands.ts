import type { CommandNext, DeliveryOutcome, GatewayActivities } from '#workflows/charger-command/activities.js';

/** The gateway of the stories, which has a worker; any other is dead. */
export const STORY_GATEWAY = 'story';
/** One that shows life and takes nothing: until it has been tried so often, then it is the story's. */
export const BUSY_GATEWAY = 'busy';
const BUSY_FOR = 3;

export interface FakeCommand {
  state: string;
  readonly expiresAt: number;
  /** Sent again when its answer never came. */
  readonly isRepeatable: boolean;
  sends: number;
}

/** Commands of a story: chargers come and go as the story says, and answer in the order it plans. */
export class FakeCommands {
  readonly commands = new Map<string, FakeCommand>();
  /** The gateway that is believed to hold the charger's socket; null: it is away. */
  gateway: string | null = null;
  /** How the next deliveries end; answered when nothing is planned. */
  readonly plan: DeliveryOutcome[] = [];
  forgotten = 0;
  busyTries = 0;
  /** Commands that setting a charger up takes. */
  readonly settings: string[] = [];

  activities() {
    return {
      lookForCharger: async (commandId: string, at: string): Promise<CommandNext> => {
        const command = this.#command(commandId);
        const expiresAt = new Date(Math.min(command.expiresAt, 8.64e15)).toISOString();
        if (command.state === 'sent') return { next: 'unsettled' };
        if (command.state === 'waiting' && Date.parse(at) >= command.expiresAt) command.state = 'expired';
        if (command.state !== 'waiting') return { next: 'ended', state: command.state };
        if (this.gateway === null) return { next: 'absent', expiresAt };
        return { next: 'deliver', chargerId: 'c1', gateway: this.gateway, connectionId: 'socket', expiresAt };
      },
      settleLostCommand: async (commandId: string): Promise<string> => {
        const command = this.#command(commandId);
        if (command.state === 'sent') command.state = command.isRepeatable ? 'waiting' : 'timed-out';
        return command.state;
      },
      nextProvisioningCommand: async (): Promise<string | null> => {
        const id = this.settings.shift() ?? null;
        if (id !== null) {
          this.commands.set(id, { state: 'waiting', expiresAt: Infinity, isRepeatable: true, sends: 0 });
        }
        return id;
      },
      finishProvisioning: async (): Promise<string | null> => 'quarter-hour',
      forgetConnection: async (_chargerId: string, _connectionId: string, how: 'absent' | 'gone'): Promise<void> => {
        if (how === 'gone' && this.gateway === BUSY_GATEWAY) {
          this.busyTries += 1;
          if (this.busyTries === BUSY_FOR) this.gateway = STORY_GATEWAY;
          return;
        }
        this.forgotten += 1;
        this.gateway = null;
      },
    };
  }

  gatewayActivities(): GatewayActivities {
    return {
      deliverCommand: async ({ commandId }) => {
        const command = this.#command(commandId);
        const outcome = this.plan.shift() ?? 'ended';
        if (outcome === 'absent') return outcome;
        command.sends += 1;
        command.state = outcome === 'lost' ? 'sent' : 'answered';
        return outcome;
      },
    };
  }

  #command(commandId: string): FakeCommand {
    const command = this.commands.get(commandId);
    if (command === undefined) throw new Error(`no command ${commandId}`);
    return command;
  }
}
