import { expect, test } from '@jest/globals';

import { COMMAND_STATES } from '#libs/commands/command-states.js';
import { PRECISION_CLASSES } from '#libs/commands/provisioning-plan.js';
import { COMMAND_KINDS, commandSchema, RESULT_STATUSES } from '#libs/ocpp/commands.js';

import { isTextKey } from '../texts/translate.js';
import { EXAMPLES, fieldsFrom, KINDS } from './command.js';

test.each([
  ['command.kind', COMMAND_KINDS],
  ['command.state', COMMAND_STATES],
  ['command.result', RESULT_STATUSES],
  ['charger.precision', PRECISION_CLASSES],
  ['charger.setting', ['as-wanted', 'otherwise', 'reboot-required', 'rejected', 'not-supported', 'unknown']],
])('every %s has a text', (prefix, codes) => {
  expect(codes.filter((code) => !isTextKey(`${prefix}.${code}`))).toEqual([]);
});

test('every kind can be asked by the form', () => {
  expect([...KINDS].sort()).toEqual([...COMMAND_KINDS].sort());
});

/** A person fills in the address, the checksum, the certificate. */
const TO_FILL_IN = new Set(['certificate-signed', 'install-certificate', 'set-display-message', 'cost-updated']);

test.each(KINDS.filter((kind) => !TO_FILL_IN.has(kind)))('the beginning of %s is of its kind', (kind) => {
  const text = JSON.stringify(EXAMPLES[kind]).replaceAll('://"', '://example.pt"');
  expect(commandSchema.safeParse({ kind, ...fieldsFrom(text) }).success).toBe(true);
});

test.each(['', '[]', 'null', '{'])('%j is no command', (text) => {
  expect(fieldsFrom(text)).toBeNull();
});
