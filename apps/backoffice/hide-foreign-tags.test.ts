import { expect, it } from '@jest/globals';

import { HIDDEN, hideForeignTags } from './hide-foreign-tags.js';

const message = (payload: Record<string, unknown>, answer: Record<string, unknown> = {}) => ({
  id: 1,
  receivedAt: '2026-06-01T00:00:00.000Z',
  messageId: 'a',
  action: 'StartTransaction',
  payload,
  answer,
});

it("hides another person's card, wherever it stands, and nothing else", () => {
  const start = message(
    {
      connectorId: 1,
      idTag: 'FOREIGN',
      meterStart: 5,
      nested: [{ idToken: { idToken: 'FOREIGN', type: 'ISO14443' } }],
    },
    { idTagInfo: { status: 'Accepted', parentIdTag: 'PARENT' } },
  );
  expect(hideForeignTags([start], new Set(['04a1']))).toEqual([
    message(
      { connectorId: 1, idTag: HIDDEN, meterStart: 5, nested: [{ idToken: { idToken: HIDDEN, type: 'ISO14443' } }] },
      { idTagInfo: { status: 'Accepted', parentIdTag: HIDDEN } },
    ),
  ]);
});

it('leaves one’s own card, in whatever case it was told', () => {
  const start = message({ idTag: '04A1' });
  expect(hideForeignTags([start], new Set(['04a1']))).toEqual([start]);
});
