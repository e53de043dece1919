import { describe, expect, it } from '@jest/globals';

import { withoutFrameSecrets } from './frame-secrets.js';

describe('a frame as it may be kept', () => {
  it.each([
    [
      { key: 'AuthorizationKey', value: 'A1' },
      { key: 'AuthorizationKey', value: '***' },
    ],
    [
      { key: 'HeartbeatInterval', value: '300' },
      { key: 'HeartbeatInterval', value: '300' },
    ],
    [
      { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: 'A1' }] },
      { configurationKey: [{ key: 'AuthorizationKey', readonly: false, value: '***' }] },
    ],
    [
      {
        setVariableData: [
          { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' }, attributeValue: 'A1' },
        ],
      },
      {
        setVariableData: [
          { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' }, attributeValue: '***' },
        ],
      },
    ],
    [
      {
        connectionData: {
          apn: { apn: 'x', apnPassword: 'A1', simPin: 1234 },
          vpn: { server: 's', user: 'u', key: 'A1' },
        },
      },
      {
        connectionData: {
          apn: { apn: 'x', apnPassword: '***', simPin: '***' },
          vpn: { server: 's', user: '***', key: '***' },
        },
      },
    ],
    [{ location: 'ftp://user:A1@host/dir' }, { location: 'ftp://user:***@host/dir' }],
    [
      { idTag: 'CARD', meterStart: 5 },
      { idTag: 'CARD', meterStart: 5 },
    ],
  ])('%j', (value, kept) => {
    expect(withoutFrameSecrets(value)).toEqual(kept);
  });
});
