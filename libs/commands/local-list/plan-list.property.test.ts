import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { Command } from '#libs/ocpp/commands.js';

import { afterCommand, nextAsk, UNKNOWN_LIST, type EndedCommand, type ListState } from './list-state.js';
import { digestOf, fitting, type ListEntry, type ListLimits } from './plan-list.js';

const TAGS = Array.from({ length: 12 }, (_, index) => `CARD${index}`);
/** More than this a charger that answers at last is never asked for one wish. */
const MOST_ASKED = 150;

/** What the list should be: in each story it is another one from time to time. */
const wantedList = fc.uniqueArray(
  fc.record(
    {
      token: fc.constantFrom(...TAGS, ...TAGS.map((tag) => tag.toLowerCase())),
      status: fc.constantFrom('Accepted' as const, 'Blocked' as const),
      groupToken: fc.constantFrom('CASA', 'LOJA'),
      expiresAt: fc.constantFrom('2027-01-01T00:00:00.000Z', '2028-01-01T00:00:00.000Z'),
      tokenType: fc.constant('eMAID' as const),
    },
    { requiredKeys: ['token', 'status'] },
  ),
  { selector: ({ token }) => token.toLowerCase() },
);
const limits = fc.record({
  entries: fc.constantFrom(null, 1, 5, 100),
  perMessage: fc.constantFrom(null, 1, 3),
  bytesPerMessage: fc.constantFrom(null, 300, 800),
});
/** How the charger or the line takes a message of ours. */
const mishap = fc.constantFrom('none', 'none', 'lost-before', 'lost-after', 'fails', 'forgets', 'absent');

/** A charger as both versions describe it: it keeps what it is told, and refuses an update of an old version. */
class ListKeepingCharger {
  version = 0;
  list = new Map<string, ListEntry>();

  constructor(private readonly limits: ListLimits) {}

  answer(request: Command): EndedCommand {
    const answered = (result: EndedCommand['result']): EndedCommand => ({ request, state: 'answered', result });
    switch (request.kind) {
      case 'get-variables': {
        const value = (name: string, limit: number | null) => ({ name, status: 'accepted', value: limit?.toString() });
        const { entries, perMessage, bytesPerMessage } = this.limits;
        const variables = [
          value('LocalAuthListMaxLength', entries),
          value('SendLocalListMaxLength', perMessage),
          value('LocalAuthListCtrlr.BytesPerMessage', bytesPerMessage),
        ];
        return answered({ status: 'accepted', variables });
      }
      case 'get-local-list-version':
        return answered({ status: 'accepted', version: this.version });
      case 'send-local-list': {
        if (request.entries.length > (this.limits.perMessage ?? Infinity)) return answered({ status: 'failed' });
        if (request.update === 'differential' && request.version <= this.version) {
          return answered({ status: 'version-mismatch' });
        }
        const next = request.update === 'full' ? new Map<string, ListEntry>() : new Map(this.list);
        for (const entry of request.entries) {
          next.delete(entry.token.toLowerCase());
          if (entry.status !== undefined) next.set(entry.token.toLowerCase(), entry);
        }
        if (next.size > (this.limits.entries ?? Infinity)) return answered({ status: 'failed' });
        this.list = next;
        this.version = request.version;
        return answered({ status: 'accepted' });
      }
      default:
        throw new Error(`not asked for here: ${request.kind}`);
    }
  }
}

test('whatever changes, is lost, forgotten or refused: at the end the charger holds just what it should', () => {
  const story = fc.array(fc.record({ wanted: wantedList, mishaps: fc.array(mishap, { maxLength: 6 }) }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(story, limits, (chapters, takes) => {
      const charger = new ListKeepingCharger(takes);
      let known: ListState = UNKNOWN_LIST;
      for (const { wanted, mishaps } of chapters) {
        const left = [...mishaps];
        for (let asked = 0; ; asked += 1) {
          expect(asked).toBeLessThan(MOST_ASKED);
          const next = left.shift() ?? 'none';
          if (next === 'forgets') {
            charger.version = 0;
            charger.list = new Map();
            known = onAnotherSocket(known);
          }
          const request = nextAsk(known, wanted, 'ocpp1.6');
          if (request === null) break;
          if (next === 'absent')
            known = afterCommand(known, { request, state: 'refused', result: { status: 'absent' } });
          else if (next === 'lost-before') known = afterCommand(known, { request, state: 'timed-out', result: null });
          else if (next === 'fails') known = afterCommand(known, { request, state: 'failed', result: null });
          else {
            const ended = charger.answer(request);
            known = afterCommand(known, next === 'lost-after' ? { ...ended, state: 'timed-out', result: null } : ended);
          }
        }
        expect(known.limits).not.toBeNull();
        const should = fitting(wanted, takes); // also of a charger that did not say how many it takes
        expect([...charger.list.values()].sort(byToken)).toEqual([...should].sort(byToken));
        expect(digestOf(known.prints ?? {})).toBe(digestOf(reversed(known)));
        expect(charger.version).toBe(known.version);
      }
    }),
    { numRuns: 300 },
  );
});

/** A charger that was reset connects anew. */
const onAnotherSocket = (known: ListState): ListState => ({ ...known, isVerified: false });

const byToken = (one: ListEntry, other: ListEntry): number =>
  one.token.toLowerCase() < other.token.toLowerCase() ? -1 : 1;

const reversed = ({ prints }: ListState): Record<string, string> =>
  Object.fromEntries(Object.entries(prints ?? {}).reverse());
