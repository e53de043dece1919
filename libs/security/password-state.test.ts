import { expect, test } from '@jest/globals';

import { resultOf } from '#libs/ocpp/command-results.js';

import { mayComeWith, passwordStatus } from './password-state.js';

const told = (component: string, name: string, attributeStatus: string) => ({
  attributeStatus,
  component: { name: component },
  variable: { name },
});

test.each([
  ['Accepted', 'UnknownVariable', 'accepted', true],
  ['RebootRequired', 'Rejected', 'reboot-required', true],
  ['Rejected', 'Accepted', 'rejected', false],
  ['UnknownVariable', 'UnknownComponent', 'unknown-variable', false],
])('a password answered %s beside a variable answered %s is %s', (password, other, status, mayCome) => {
  const setVariableResult = [
    told('SecurityCtrlr', 'BasicAuthPassword', password),
    told('SampledDataCtrlr', 'Foo', other),
  ];
  for (const results of [setVariableResult, setVariableResult.toReversed()]) {
    const result = resultOf('SetVariables', { setVariableResult: results });
    expect(passwordStatus(result)).toBe(status);
    expect(mayComeWith({ state: 'answered', status: passwordStatus(result) })).toBe(mayCome);
  }
});

test('an answer that names no variable is about the password', () => {
  expect(passwordStatus(resultOf('ChangeConfiguration', { status: 'NotSupported' }))).toBe('not-supported');
  expect(passwordStatus(null)).toBeNull();
});
