import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { COMMAND_KINDS } from './commands.js';
import { followUp, isAbout, type FollowingNotice } from './follow-ups.js';
import { followingActions } from './following-actions.js';

const AT = new Date('2026-06-01T10:00:00Z');
const notice = (action: string, payload: Record<string, unknown>): FollowingNotice => ({
  receivedAt: AT,
  action,
  payload,
});
const variable = (name: string, value?: string) => ({
  component: { name: 'AlignedDataCtrlr' },
  variable: { name },
  variableAttribute: [value === undefined ? { mutability: 'WriteOnly' } : { value, mutability: 'ReadOnly' }],
});
const part = (seqNo: number, isLast: boolean, name = `V${seqNo}`) =>
  notice('NotifyReport', {
    requestId: 5,
    seqNo,
    generatedAt: AT.toISOString(),
    tbc: !isLast,
    reportData: [variable(name, String(seqNo))],
  });

describe('what a charger reports later', () => {
  it('is the same whatever the order in which its parts came, and however often', () => {
    const parts = Array.from({ length: 5 }, (_, seqNo) => part(seqNo, seqNo === 4));
    const whole = followUp('get-base-report', parts);
    expect(whole.report?.isComplete).toBe(true);
    expect(whole.report?.variables.map(({ value }) => value)).toEqual(['0', '1', '2', '3', '4']);
    const shuffled = fc.shuffledSubarray([...parts, ...parts], { minLength: 10 });
    fc.assert(fc.property(shuffled, (told) => expect(followUp('get-base-report', told)).toEqual(whole)));
  });

  it('is not complete while a part is missing, the last or one before it', () => {
    const of = (...parts: FollowingNotice[]) => followUp('get-report', parts).report?.isComplete;
    expect(of()).toBe(false);
    expect(of(part(0, false))).toBe(false);
    expect(of(part(0, false), part(2, true))).toBe(false);
    expect(of(part(0, true))).toBe(true);
  });

  it('names variables as both versions know them; a password has no value', () => {
    const payload = { requestId: 5, seqNo: 0, generatedAt: AT.toISOString() };
    const reportData = [
      variable('Interval', '900'),
      { ...variable('BasicAuthPassword', 'told-all-the-same'), component: { name: 'SecurityCtrlr' } },
    ];
    const { report } = followUp('get-base-report', [notice('NotifyReport', { ...payload, reportData })]);
    expect(report?.variables).toEqual([
      { name: 'ClockAlignedDataInterval', connectorId: null, attribute: 'Actual', value: '900', isReadonly: true },
      { name: 'AuthorizationKey', connectorId: null, attribute: 'Actual', value: null, isReadonly: true },
    ]);
  });

  it('profiles, messages, monitors and what is known of a customer come as they were told', () => {
    const one = (kind: (typeof COMMAND_KINDS)[number], action: string, payload: Record<string, unknown>) =>
      followUp(kind, [notice(action, { requestId: 5, ...payload })]).report;
    const profiles = { evseId: 1, chargingLimitSource: 'CSO', chargingProfile: [{ id: 7 }] };
    expect(one('get-charging-profiles', 'ReportChargingProfiles', profiles)?.items).toEqual([profiles]);
    const messages = { messageInfo: [{ id: 1 }] };
    expect(one('get-display-messages', 'NotifyDisplayMessages', messages)?.items).toEqual([{ id: 1 }]);
    const monitors = { seqNo: 0, monitor: [{ component: {} }] };
    expect(one('get-monitoring-report', 'NotifyMonitoringReport', monitors)?.items).toEqual([{ component: {} }]);
    const known = { seqNo: 0, data: 'nothing' };
    expect(one('customer-information', 'NotifyCustomerInformation', known)?.items).toEqual(['nothing']);
  });
});

it('how far a command has come is told in the charger’s own words', () => {
  const told = ['Downloading', 'Downloaded', 'Installed'].map((status) =>
    notice('FirmwareStatusNotification', { status }),
  );
  expect(followUp('update-firmware', told)).toEqual({
    progress: told.map(({ payload }) => ({ at: AT, status: payload['status'] })),
    report: null,
  });
});

it('a notice names its command, another, or none', () => {
  expect(isAbout(notice('LogStatusNotification', { status: 'Uploaded', requestId: 5 }), 5)).toBe(true);
  expect(isAbout(notice('LogStatusNotification', { status: 'Uploaded', requestId: 6 }), 5)).toBe(false);
  expect(isAbout(notice('DiagnosticsStatusNotification', { status: 'Uploaded' }), 5)).toBe(null);
});

it('most commands have nothing that follows', () => {
  expect(COMMAND_KINDS.filter((kind) => followingActions(kind).length > 0)).toEqual([
    'get-charging-profiles',
    'update-firmware',
    'publish-firmware',
    'get-diagnostics',
    'get-log',
    'get-base-report',
    'get-report',
    'get-monitoring-report',
    'get-display-messages',
    'customer-information',
  ]);
});
