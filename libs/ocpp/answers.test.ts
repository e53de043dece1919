import { describe, expect, it } from '@jest/globals';

import { answerIn, noticeAnswer } from './answers.js';
import type { TokenStatus } from './messages.js';

const NOW = '2026-07-02T08:00:00.000Z';

describe('an answer in the words of a version', () => {
  it.each([
    ['Accepted', 'Accepted'],
    ['Blocked', 'Blocked'],
    ['ConcurrentTx', 'ConcurrentTx'],
    ['Expired', 'Expired'],
    ['Invalid', 'Invalid'],
    ['NoCredit', 'Blocked'],
    ['NotAtThisLocation', 'Invalid'],
    ['NotAtThisTime', 'Blocked'],
    ['NotAllowedTypeEVSE', 'Blocked'],
    ['Unknown', 'Invalid'],
  ] as [TokenStatus, string][])('says of a card that is %s: %s in 1.6', (status, in16) => {
    expect(answerIn('ocpp1.6', 'Authorize', { kind: 'token', status })).toEqual({ idTagInfo: { status: in16 } });
    expect(answerIn('ocpp2.0.1', 'Authorize', { kind: 'token', status })).toEqual({ idTokenInfo: { status } });
  });

  it('numbers a transaction only where the central system does', () => {
    const token = { kind: 'token', status: 'Accepted', transactionId: 42, expiresAt: NOW, group: 'CASA' } as const;
    expect(answerIn('ocpp1.6', 'StartTransaction', token)).toEqual({
      transactionId: 42,
      idTagInfo: { status: 'Accepted', expiryDate: NOW, parentIdTag: 'CASA' },
    });
    expect(answerIn('ocpp2.0.1', 'TransactionEvent', token)).toEqual({
      idTokenInfo: {
        status: 'Accepted',
        cacheExpiryDateTime: NOW,
        groupIdToken: { idToken: 'CASA', type: 'Central' },
      },
    });
  });

  it('never calls a contract certificate good', () => {
    const token = { kind: 'token', status: 'Accepted', hasCertificate: true } as const;
    const answer = answerIn('ocpp2.0.1', 'Authorize', token);
    expect(answer['certificateStatus']).toBe('NoCertificateAvailable');
  });

  it('refuses what is not offered in the shape its schema asks for', () => {
    const of = (action: string) => answerIn('ocpp2.0.1', action, noticeAnswer({ action }, new Date(0)));
    expect(of('Get15118EVCertificate')).toEqual({ status: 'Failed', exiResponse: '' });
    expect(of('SignCertificate')).toEqual({ status: 'Rejected' });
    expect(of('NotifyReport')).toEqual({});
  });
});
