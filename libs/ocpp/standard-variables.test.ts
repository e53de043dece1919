import { expect, test } from '@jest/globals';

import { commonName, isPassword, isSecret, placeOf, variableOf } from './standard-variables.js';

test.each([
  [
    { component: 'AlignedDataCtrlr', name: 'Interval' },
    'ClockAlignedDataInterval',
    { name: 'ClockAlignedDataInterval' },
  ],
  [{ component: 'AlignedDataCtrlr', name: 'TxEndedInterval' }, 'AlignedDataCtrlr.TxEndedInterval', null],
  [
    { component: 'OCPPCommCtrlr', name: 'MessageTimeout', instance: 'Default' },
    'OCPPCommCtrlr.MessageTimeout[Default]',
    null,
  ],
  [{ name: 'Vendor.Own' }, 'Vendor.Own', { component: 'Vendor', name: 'Own' }],
])('%j is spoken of as %s', (variable, common, named) => {
  expect(commonName(variable)).toBe(common);
  expect(variableOf(common)).toEqual(named ?? variable);
});

test('what is named by its common name is found at its place in 2.x', () => {
  for (const name of ['MeterValuesSampledData', 'TransactionMessageAttempts', 'SampledDataCtrlr.TxStartedMeasurands']) {
    const place = placeOf(variableOf(name));
    expect(place === null ? null : commonName(place)).toBe(name);
  }
});

test.each([
  [{ name: 'AuthorizationKey' }, true, true],
  [{ name: 'authorizationkey' }, true, true],
  [{ component: 'securityCtrlr', name: 'basicAuthPassword' }, true, true],
  [{ component: 'SecurityCtrlr', name: 'BasicAuthPassword', instance: '1' }, true, true],
  [{ name: 'SecurityCtrlr.BasicAuthPassword' }, true, true],
  [{ name: 'WifiPassword' }, false, true],
  [{ name: 'HeartbeatInterval' }, false, false],
])('%j is the password: %s; is secret: %s', (variable, password, secret) => {
  expect([isPassword(variable), isSecret(variable)]).toEqual([password, secret]);
});
