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
    [{ location: 'ftp://user:A123@host/dir' }, { location: 'ftp://user:***@host/dir' }],
    [{ location: 'ftp://user:A@B@host/dir' }, { location: 'ftp://user:***@host/dir' }],
    [{ location: 'ftp://user:A1@host/dir' }, { location: 'ftp://user:**@host/dir' }],
    [{ location: 'https://host:8080/a@b' }, { location: 'https://host:8080/a@b' }],
    [
      { key: 'authorizationkey', value: 'A1' },
      { key: 'authorizationkey', value: '***' },
    ],
    [
      {
        reportData: [
          {
            component: { name: 'SecurityCtrlr' },
            variable: { name: 'BasicAuthPassword' },
            variableAttribute: [{ type: 'Actual', value: 'A1' }],
          },
        ],
      },
      {
        reportData: [
          {
            component: { name: 'SecurityCtrlr' },
            variable: { name: 'BasicAuthPassword' },
            variableAttribute: [{ type: 'Actual', value: '***' }],
          },
        ],
      },
    ],
    [
      { variables: [{ name: 'AuthorizationKey', status: 'accepted', value: 'A1' }] },
      { variables: [{ name: 'AuthorizationKey', status: 'accepted', value: '***' }] },
    ],
    [
      { idTag: 'CARD', meterStart: 5 },
      { idTag: 'CARD', meterStart: 5 },
    ],
  ])('%j', (value, kept) => {
    expect(withoutFrameSecrets(value)).toEqual(kept);
  });
});
