import type { Answer, Notice, Protocol, TokenStatus } from './messages.js';

/** What a charger is told, whatever its OCPP version. */
export type NeutralAnswer =
  | BootAnswer
  | { readonly kind: 'heartbeat'; readonly currentTime: string }
  | TokenAnswer
  /** The one word that the action's answer consists of, e.g. Rejected. */
  | { readonly kind: 'status'; readonly status: string }
  /** A whole answer of a version in which alone its question exists. */
  | { readonly kind: 'whole'; readonly answer: Answer }
  | { readonly kind: 'empty' };

export interface BootAnswer {
  readonly kind: 'boot';
  readonly status: 'Accepted' | 'Pending' | 'Rejected';
  /** ISO 8601 in UTC. */
  readonly currentTime: string;
  readonly heartbeatSeconds: number;
}

/** What a card is worth, and the id of the transaction it begins where the charger wants one. */
export interface TokenAnswer {
  readonly kind: 'token';
  readonly status: TokenStatus;
  /** Of a Start, in versions where the central system numbers the transactions. */
  readonly transactionId?: number;
  /** Until when the charger may remember this, ISO 8601. */
  readonly expiresAt?: string;
  /** The group's own card. */
  readonly group?: string;
  /** A contract certificate was shown: nobody here can say whether it is good. */
  readonly hasCertificate?: boolean;
}

/** OCPP 1.6 knows five of the words (AuthorizationStatus): not now or without credit is Blocked, unknown here is Invalid. */
const STATUS_16: Readonly<Record<TokenStatus, string>> = {
  Accepted: 'Accepted',
  Blocked: 'Blocked',
  ConcurrentTx: 'ConcurrentTx',
  Expired: 'Expired',
  Invalid: 'Invalid',
  NoCredit: 'Blocked',
  NotAllowedTypeEVSE: 'Blocked',
  NotAtThisLocation: 'Invalid',
  NotAtThisTime: 'Blocked',
  Unknown: 'Invalid',
};

/** The answer in the words of the charger's own version, for its call `action`. */
export function answerIn(protocol: Protocol, action: string, neutral: NeutralAnswer): Answer {
  switch (neutral.kind) {
    case 'boot': {
      const { status, currentTime, heartbeatSeconds } = neutral;
      return { status, currentTime, interval: heartbeatSeconds };
    }
    case 'heartbeat':
      return { currentTime: neutral.currentTime };
    case 'token':
      return protocol === 'ocpp1.6' ? tokenIn16(neutral) : tokenIn2(action, neutral);
    case 'status':
      return action === 'Get15118EVCertificate'
        ? { status: neutral.status, exiResponse: '' }
        : { status: neutral.status };
    case 'whole':
      return neutral.answer;
    case 'empty':
      return {};
    default:
      return unreachable(neutral);
  }
}

function tokenIn16({ status, transactionId, expiresAt, group }: TokenAnswer): Answer {
  const idTagInfo = {
    status: STATUS_16[status],
    ...(expiresAt === undefined ? {} : { expiryDate: expiresAt }),
    ...(group === undefined ? {} : { parentIdTag: group }),
  };
  return transactionId === undefined ? { idTagInfo } : { transactionId, idTagInfo };
}

function tokenIn2(action: string, { status, expiresAt, group, hasCertificate }: TokenAnswer): Answer {
  const idTokenInfo = {
    status,
    ...(expiresAt === undefined ? {} : { cacheExpiryDateTime: expiresAt }),
    ...(group === undefined ? {} : { groupIdToken: { idToken: group, type: 'Central' } }),
  };
  const certified = action === 'Authorize' && hasCertificate === true;
  return certified ? { idTokenInfo, certificateStatus: 'NoCertificateAvailable' } : { idTokenInfo };
}

/**
 * What the central system says to notices that ask for something it does not offer: certificates of ISO 15118 and
 * schedules of its own. Notices that only tell have empty answers.
 */
const NOTICE_STATUS: Readonly<Record<string, string>> = {
  SignCertificate: 'Rejected',
  Get15118EVCertificate: 'Failed',
  GetCertificateStatus: 'Failed',
  NotifyEVChargingNeeds: 'Rejected',
  NotifyEVChargingSchedule: 'Accepted', // the vehicle's own plan, within what it was allowed
  OpenPeriodicEventStream: 'Rejected',
  PullDynamicScheduleUpdate: 'Rejected',
};

/** What is said to a notice. `asked` is what the answer must repeat of it, `at` the instant of its arrival. */
export function noticeAnswer(
  { action, asked, verdict }: Pick<Notice, 'action' | 'asked' | 'verdict'>,
  at: Date,
): NeutralAnswer {
  if (verdict !== undefined) return { kind: 'status', status: verdict };
  if (asked !== undefined) return { kind: 'whole', answer: repeating(action, asked, at) };
  const status = NOTICE_STATUS[action];
  return status === undefined ? { kind: 'empty' } : { kind: 'status', status };
}

/** Whether anything changes later, a charger may ask again after a day. */
const ASK_AGAIN_MS = 24 * 3_600_000;

/** Nobody here looks up tax numbers of other countries, nor revocation lists of vehicles' certificates. */
function repeating(action: string, asked: Readonly<Record<string, unknown>>, at: Date): Answer {
  if (action === 'VatNumberValidation') {
    return { ...asked, status: 'Rejected', statusInfo: { reasonCode: 'NotEnabled' } };
  }
  const nextUpdate = new Date(at.getTime() + ASK_AGAIN_MS).toISOString();
  const requests = asked['certificateStatusRequests'] as readonly object[];
  const unknown = { status: 'Failed', nextUpdate };
  return { certificateStatus: requests.map((request) => Object.assign({}, request, unknown)) };
}

function unreachable(neutral: never): never {
  throw new Error(`no answer for ${JSON.stringify(neutral)}`);
}
