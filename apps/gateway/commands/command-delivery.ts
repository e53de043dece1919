import { setTimeout as sleep } from 'node:timers/promises';

import {
  commandToSend,
  endSent,
  endWaiting,
  markSent,
  type Ending,
  type Sending,
} from '#libs/commands/command-state.js';
import type { CallOutcome } from '#libs/ocpp/call-charger.js';
import type { CentralSystem, OpenConnection } from '#libs/ocpp/central-system.js';
import { callOf } from '#libs/ocpp/command-calls.js';
import { resultOf, resultOfError, resultOfMalformed } from '#libs/ocpp/command-results.js';
import type { Sql } from '#libs/persistence/database.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';
import type { DeliverInput, DeliveryOutcome } from '#workflows/charger-command/activities.js';

const WRITE_AGAIN_MS = 500;
/** A database that stays away longer than this leaves the command to its workflow, which finds it unanswered. */
const WRITE_TRIES = 120;

export interface DeliveryOptions {
  readonly sql: Sql;
  readonly central: CentralSystem;
  readonly now: () => Date;
  /** Opens the passwords that commands carry; null: none can be sent. */
  readonly vault: SecretVault | null;
  /** How long a charger may take to answer; the gateway's limit when not given. */
  readonly callTimeoutMs?: number;
}

/** Brings commands to chargers whose sockets this process holds. */
export class CommandDelivery {
  constructor(private readonly options: DeliveryOptions) {}

  /**
   * `ended`: the command has come to its end, or is another's by now; `absent`: the charger has no socket here; `lost`:
   * it was sent, and the socket went before the answer came; `busy`: too many wait for their turn already.
   */
  async deliver({ commandId }: DeliverInput): Promise<DeliveryOutcome> {
    const { sql, central, now } = this.options;
    const sending = await commandToSend(sql, commandId, this.options.vault);
    if (sending === null) return 'ended';
    if (sending === 'sealed') {
      await endWaiting(sql, commandId, 'failed', now(), {
        status: 'failed',
        reason: 'CHAZEMO_SECRET does not open it',
      });
      return 'ended';
    }
    const connection = central.connection(sending.chargerId);
    if (connection === null) return 'absent';
    return central.inTurn(sending.chargerId, () => this.send(commandId, sending, connection)) ?? 'busy';
  }

  private async send(commandId: string, sending: Sending, connection: OpenConnection): Promise<DeliveryOutcome> {
    const { sql, central, now, callTimeoutMs } = this.options;
    const { chargerId, command, number, expiresAt } = sending;
    if (expiresAt <= now()) {
      await endWaiting(sql, commandId, 'expired', now());
      return 'ended';
    }
    const { protocol } = connection;
    const call = callOf(protocol, command, number);
    if ('unsupported' in call) {
      await endWaiting(sql, commandId, 'refused', now(), { status: 'not-in-version', reason: call.unsupported });
      return 'ended';
    }
    if (central.connection(chargerId)?.connectionId !== connection.connectionId) return 'absent';
    if (!(await markSent(sql, { commandId, protocol, now: now() }))) return 'ended';
    const outcome = await central.call(connection, {
      ...call,
      ...(callTimeoutMs === undefined ? {} : { timeoutMs: callTimeoutMs }),
    });
    if (outcome.kind === 'lost') return 'lost';
    await untilWritten(() => endSent(sql, { commandId, now: now(), ...endingOf(call.action, outcome) }));
    return 'ended';
  }
}

type HowItEnded = Pick<Ending, 'state' | 'result' | 'response'>;

/** What a charger's answer makes of a command: one that it does not know is answered, one that broke is failed. */
export function endingOf(action: string, outcome: Exclude<CallOutcome, { kind: 'lost' }>): HowItEnded {
  switch (outcome.kind) {
    case 'answer':
      return answerOf(action, outcome.response);
    case 'error': {
      const { code, description } = outcome;
      const result = resultOfError(code, description);
      const state = result.status === 'not-supported' ? 'answered' : 'failed';
      return { state, result, response: { code, description } };
    }
    case 'malformed':
      return { state: 'failed', result: resultOfMalformed(outcome.error), response: outcome.response };
    case 'timed-out':
      return { state: 'timed-out', result: { status: 'timed-out' } };
    default:
      return outcome satisfies never;
  }
}

function answerOf(action: string, response: unknown): HowItEnded {
  try {
    return { state: 'answered', result: resultOf(action, response), response };
  } catch (error) {
    return { state: 'failed', result: resultOfMalformed(String(error)), response };
  }
}

/** An answer that came is worth waiting for the database. */
async function untilWritten(write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await write();
    } catch (error) {
      if (tries === WRITE_TRIES) throw error;
      await sleep(WRITE_AGAIN_MS);
    }
  }
}
