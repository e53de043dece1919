import { describe, expect, it } from '@jest/globals';

import { fiscalProducer, publicAddress } from './examine-configuration.js';

const LIVE = { STRIPE_SECRET_KEY: 'sk_live_1' };
const CERTIFIED = { CHAZEMO_SOFTWARE_CERTIFICATE: '1234' };

describe('the public address', () => {
  it.each([
    ['a trial needs none', {}, 'ok'],
    ['live payments need one', LIVE, 'missing'],
    ['a certified program needs one', CERTIFIED, 'missing'],
    ['an encrypted one will do', { ...LIVE, CHAZEMO_PUBLIC_URL: 'https://chazemo.example' }, 'ok'],
    [
      'one in the clear will not do for live payments',
      { ...LIVE, CHAZEMO_PUBLIC_URL: 'http://chazemo.example' },
      'missing',
    ],
    ['one in the clear will do for a trial', { CHAZEMO_PUBLIC_URL: 'http://127.0.0.1:3000' }, 'ok'],
    ['no address at all', { CHAZEMO_PUBLIC_URL: 'chazemo' }, 'missing'],
    ['no web address', { CHAZEMO_PUBLIC_URL: 'ftp://chazemo.example' }, 'missing'],
  ])('%s', (_name, env, state) => {
    const finding = publicAddress(env);
    expect(finding.state).toBe(state);
    expect(finding.advice === undefined).toBe(state === 'ok');
  });
});

describe('the producer of the program', () => {
  it.each([
    ['is the issuer in a trial', {}, 'ok'],
    ['must be named once the program is certified', CERTIFIED, 'missing'],
    ['is a Portuguese tax number', { ...CERTIFIED, CHAZEMO_PRODUCER_NIF: '501442600' }, 'ok'],
    ['is no other number', { CHAZEMO_PRODUCER_NIF: '501442601' }, 'missing'],
  ])('%s', (_name, env, state) => expect(fiscalProducer(env).state).toBe(state));
});
