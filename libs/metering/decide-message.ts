import { noticeAnswer } from '#libs/ocpp/answers.js';
import type { StatusMessage } from '#libs/ocpp/messages.js';

import { decideEvent } from './decide-event.js';
import { decideMeterValues } from './decide-meter-values.js';
import { decideStart } from './decide-start.js';
import { decideStop } from './decide-stop.js';
import { tokenAnswer } from './decide-token.js';
import type { ConnectorChange, Decision, Facts, IncomingMessage } from './facts.js';

/** Seconds between a charger's heartbeats. */
export const HEARTBEAT_SECONDS = 300;

/** What follows from a message, by rules alone: no clock, no database. */
export function decideMessage(incoming: IncomingMessage, facts: Facts): Decision {
  const { message, chargerId, receivedAt } = incoming;
  const currentTime = receivedAt.toISOString();
  if ('event' in message && message.event !== undefined) {
    return decideEvent(message, message.event, facts, { chargerId, receivedAt });
  }
  switch (message.kind) {
    case 'boot': {
      const { vendor, model, firmware } = message;
      return {
        answer: { kind: 'boot', status: 'Accepted', currentTime, heartbeatSeconds: HEARTBEAT_SECONDS },
        boot: { vendor, model, firmware },
      };
    }
    case 'heartbeat':
      return { answer: { kind: 'heartbeat', currentTime } };
    case 'status':
      return {
        answer: { kind: 'empty' },
        live: [statusChange(message)],
      };
    case 'authorize':
      return {
        answer: {
          ...tokenAnswer(facts.token),
          ...(message.hasCertificate === true ? { hasCertificate: true } : {}),
        },
      };
    case 'transaction-started':
      return decideStart(message, facts, { chargerId, receivedAt });
    case 'meter-values':
      return decideMeterValues(message, facts, { chargerId, receivedAt });
    case 'transaction-stopped':
      return decideStop(message, facts, { chargerId, receivedAt });
    case 'data-transfer':
      return { answer: { kind: 'status', status: 'UnknownVendorId' } };
    case 'notice':
      return { answer: noticeAnswer(message, receivedAt), live: (message.statuses ?? []).map(statusChange) };
    default:
      return unreachable(message);
  }
}

/** Power flows while Charging; in every other state the last figure would be a lie. */
function statusChange({ connectorId, status, errorCode, isVague = false }: StatusMessage): ConnectorChange {
  if (isVague) return { connectorId, status, errorCode, isVague };
  if (status === 'Charging') return { connectorId, status, errorCode };
  if (status !== 'Available') return { connectorId, status, errorCode, powerW: 0 };
  return { connectorId, status, errorCode, powerW: 0, offeredW: 0, transactionId: null };
}

function unreachable(message: never): never {
  throw new Error(`no rule for ${JSON.stringify(message)}`);
}
