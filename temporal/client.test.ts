import { expect, test } from '@jest/globals';

import { temporalEnvironment } from './client.js';

test('the development server when nothing is said', () => {
  expect(temporalEnvironment({})).toEqual({
    address: '127.0.0.1:7233',
    namespace: 'default',
    tls: false,
    apiKey: undefined,
  });
});

test('an API key implies TLS; empty variables are not there', () => {
  const settings = temporalEnvironment({ TEMPORAL_ADDRESS: 'x:1', TEMPORAL_API_KEY: 'k', TEMPORAL_NAMESPACE: '' });
  expect(settings).toEqual({ address: 'x:1', namespace: 'default', tls: true, apiKey: 'k' });
});

test('a certificate without its key is a mistake', () => {
  expect(() => temporalEnvironment({ TEMPORAL_TLS_CERT: '/x' })).toThrow(/belong together/);
});
