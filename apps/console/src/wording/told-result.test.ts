import { describe, expect, it } from '@jest/globals';

import { INSTALLED_USES } from '#libs/ocpp/command-parts.js';
import { resultOf } from '#libs/ocpp/command-results.js';

import { isTextKey } from '../texts/translate.js';
import { wordsIn } from '../texts/words.js';
import { toldLines } from './told-result.js';

const words = wordsIn('en');
const ZONE = 'Europe/Lisbon';
const told = (action: string, response: unknown): string[] =>
  toldLines(words, { result: resultOf(action, response), answeredAt: '2026-07-01T10:00:00Z' }, ZONE);

describe('what a charger answered, in words', () => {
  it('a schedule of either version, at the time of the installation', () => {
    const periods = [
      { startPeriod: 0, limit: 13.4, numberPhases: 3 },
      { startPeriod: 900, limit: 6 },
    ];
    const limits = { chargingRateUnit: 'A', duration: 3_600, chargingSchedulePeriod: periods };
    const scheduleStart = '2026-07-01T10:00:00Z';
    const lines = [
      'Connector 1',
      'From 01/07/2026 11:00: 13.4 A · 3 phases',
      'From 01/07/2026 11:15: 6 A',
      'Ends 01/07/2026 12:00',
    ];
    const of16 = { status: 'Accepted', connectorId: 1, scheduleStart, chargingSchedule: limits };
    const of201 = { status: 'Accepted', schedule: { ...limits, evseId: 1, scheduleStart } };
    expect(told('GetCompositeSchedule', of16)).toEqual(lines);
    expect(told('GetCompositeSchedule', of201)).toEqual(lines);
    expect(told('GetCompositeSchedule', { status: 'Rejected' })).toEqual([]);
  });

  it('certificates, a file, a session; nothing where there is no more than the status', () => {
    const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'ab', issuerKeyHash: 'cd', serialNumber: '7f' };
    const chain = { certificateType: 'V2GCertificateChain', certificateHashData: hash };
    expect(
      told('GetInstalledCertificateIds', {
        status: 'Accepted',
        certificateHashDataChain: [{ ...chain, childCertificateHashData: [hash] }],
      }),
    ).toEqual(["The charger's V2G certificate (ISO 15118) · serial number 7f · 1 certificate below it"]);
    expect(told('GetInstalledCertificateIds', { status: 'Accepted', certificateHashData: [hash] })).toEqual([
      'Certificate · serial number 7f',
    ]);
    expect(told('GetLog', { status: 'Accepted', filename: 'box.log' })).toEqual(['It sends the file box.log']);
    expect(told('GetTransactionStatus', { ongoingIndicator: true, messagesInQueue: false })).toEqual([
      'The session is under way',
      'The charger has no messages left to deliver',
    ]);
    expect(told('Reset', { status: 'Accepted' })).toEqual([]);
    const before = { result: { status: 'accepted', schedule: { evseId: 1 } }, answeredAt: null };
    expect(toldLines(words, before as never, ZONE)).toEqual([]); // as it was kept before
  });

  it('has a text for each certificate', () => {
    expect(INSTALLED_USES.filter((use) => !isTextKey(`command.certificate.${use}`))).toEqual([]);
  });
});
