import { z } from 'zod';

import type { CommandKind } from './commands.js';
import { PROGRESS, REPORTS, tellsProgress } from './following-actions.js';
import { withoutFrameSecrets } from './frame-secrets.js';
import { commonName, isSecret } from './standard-variables.js';

/** A notice that came from a charger after it had taken a command. */
export interface FollowingNotice {
  readonly receivedAt: Date;
  readonly action: string;
  readonly payload: Record<string, unknown>;
}

/** A variable as a report tells it; `value` is null where it is nobody's to read (a password) or not told. */
export interface ReportedVariable {
  /** 1.6's key where both versions mean the same, else `Component.Variable`. */
  readonly name: string;
  readonly connectorId: number | null;
  readonly attribute: string;
  readonly value: string | null;
  readonly isReadonly: boolean;
}

/** What a charger tells after it has accepted a command: how far it has come, and what it was asked to report. */
export interface FollowUp {
  /** The charger's own words (FirmwareStatus, UploadLogStatus …), in the order in which they came. */
  readonly progress: readonly { readonly at: Date; readonly status: string }[];
  readonly report: {
    /** The last part has come, and none before it is missing. */
    readonly isComplete: boolean;
    readonly variables: readonly ReportedVariable[];
    /** Monitors, profiles, messages: as the charger put them. */
    readonly items: readonly unknown[];
  } | null;
}

const named = z.object({ requestId: z.int().optional() });

/** Whether a notice is about the command of this number; null when it names none (1.6 has numbers only where it signs). */
export function isAbout(notice: FollowingNotice, number: number): boolean | null {
  const { requestId } = named.parse(notice.payload);
  return requestId === undefined ? null : requestId === number;
}

const part = z.object({ seqNo: z.int().optional(), tbc: z.boolean().optional() });
const status = z.object({ status: z.string() });
const place = z.object({
  component: z.object({ name: z.string(), evse: z.object({ id: z.int() }).optional() }),
  variable: z.object({ name: z.string(), instance: z.string().optional() }),
});
const reportData = z.object({
  reportData: z
    .array(
      place.extend({
        variableAttribute: z.array(
          z.object({ type: z.string().optional(), value: z.string().optional(), mutability: z.string().optional() }),
        ),
      }),
    )
    .default([]),
});
const ITEMS: Readonly<Record<string, (payload: unknown) => readonly unknown[]>> = {
  NotifyMonitoringReport: (payload) => z.object({ monitor: z.array(z.unknown()).default([]) }).parse(payload).monitor,
  ReportChargingProfiles: (payload) => [
    z
      .object({ evseId: z.int(), chargingLimitSource: z.unknown(), chargingProfile: z.array(z.unknown()) })
      .parse(payload),
  ],
  NotifyDisplayMessages: (payload) =>
    z.object({ messageInfo: z.array(z.unknown()).default([]) }).parse(payload).messageInfo,
  NotifyCustomerInformation: (payload) => [z.object({ data: z.string() }).parse(payload).data],
};

/** What the notices about a command of this kind come to, in whatever order and however often they came. */
export function followUp(kind: CommandKind, notices: readonly FollowingNotice[]): FollowUp {
  const action = REPORTS[kind];
  const progress = notices
    .filter((notice) => PROGRESS[kind]?.includes(notice.action) === true)
    .map(({ receivedAt, payload }) => ({ at: receivedAt, status: status.parse(payload).status }));
  if (action === undefined) return { progress, report: null };
  const parts = inOrder(notices.filter((notice) => notice.action === action).map(({ payload }) => payload));
  return {
    progress,
    report: {
      isComplete: isWhole(parts),
      variables: action === 'NotifyReport' ? parts.flatMap(variablesOf) : [],
      items:
        action === 'NotifyReport'
          ? []
          : parts.flatMap((payload) => ITEMS[action]?.(payload) ?? []).map(withoutFrameSecrets),
    },
  };
}

type Payload = Readonly<Record<string, unknown>>;

/** Whether a notice that breaks the schema can be followed as it came, if any command is followed by it. */
export function isFollowable(action: string, payload: Payload): boolean {
  const isReport = Object.values(REPORTS).includes(action);
  if (!isReport && !tellsProgress(action)) return true;
  if (!named.safeParse(payload).success || !part.safeParse(payload).success) return false;
  if (!isReport) return status.safeParse(payload).success;
  return action === 'NotifyReport' ? reportData.safeParse(payload).success : hasItems(action, payload);
}

function hasItems(action: string, payload: Payload): boolean {
  try {
    ITEMS[action]?.(payload);
    return true;
  } catch {
    return false;
  }
}

/** Each part once, by its number where it has one. */
function inOrder(payloads: readonly Payload[]): Payload[] {
  const numbered = payloads.map((payload) => ({ payload, seqNo: part.parse(payload).seqNo }));
  const byKey = new Map(numbered.map((one) => [one.seqNo ?? JSON.stringify(one.payload), one]));
  return [...byKey.values()].sort((a, b) => (a.seqNo ?? 0) - (b.seqNo ?? 0)).map(({ payload }) => payload);
}

function isWhole(parts: readonly Payload[]): boolean {
  const read = parts.map((payload) => part.parse(payload));
  const isUnbroken = read.every(({ seqNo }, index) => seqNo === undefined || seqNo === index);
  return isUnbroken && read.some(({ tbc }) => tbc !== true);
}

function variablesOf(payload: Payload): ReportedVariable[] {
  return reportData.parse(payload).reportData.flatMap(({ component, variable, variableAttribute }) =>
    variableAttribute.map(({ type = 'Actual', value, mutability = 'ReadWrite' }) => ({
      name: commonName({
        component: component.name,
        name: variable.name,
        ...(variable.instance === undefined ? {} : { instance: variable.instance }),
      }),
      connectorId: component.evse?.id ?? null,
      attribute: type,
      value: isSecret({ component: component.name, name: variable.name }) ? null : (value ?? null),
      isReadonly: mutability === 'ReadOnly',
    })),
  );
}
