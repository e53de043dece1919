import { describe, expect, it } from '@jest/globals';

import { parse16 } from '#libs/ocpp/parse-16.js';
import { parse201 } from '#libs/ocpp/parse-201.js';

import { decideMessage } from './decide-message.js';
import type { Facts, TokenFacts, TransactionFacts } from './facts.js';

const CARD: TokenFacts = {
  at: new Date('2026-06-01T12:00:00Z'),
  idTag: 'CARD',
  status: 'active',
  expiresAt: null,
  validFrom: null,
  groupTag: null,
  suspended: false,
  elsewhere: false,
  withoutCredit: false,
};
const NOW = new Date('2026-07-02T08:00:00Z');
const EMPTY: Facts = {
  token: CARD,
  transactions: [],
  newTransactionId: 42,
  lastRegisterWh: null,
};

function decide(action: string, payload: Record<string, unknown>, facts: Facts = EMPTY) {
  const message = parse16(action, payload);
  if (message === null) throw new Error(action);
  const call = { chargerId: 'zcs1', protocol: 'ocpp1.6' as const, messageId: 'm', action, payload, message };
  return decideMessage({ ...call, receivedAt: NOW }, facts);
}

const RUNNING: TransactionFacts = {
  id: 7,
  chargerId: 'zcs1',
  connectorId: 2,
  idTag: 'CARD',
  startedAt: new Date('2026-06-01T10:00:00Z'),
  stoppedAt: null,
  meterStartWh: 1_000,
  meterStopWh: null,
  startKey: 'k',
  hasStart: true,
  flags: [],
  chargerRef: null,
  lastReadingAt: null,
  seqNos: [],
};
const START = { connectorId: 1, idTag: 'CARD', meterStart: 5, timestamp: '2026-06-01T12:00:00Z' };
const STOP = { transactionId: 7, meterStop: 2_000, timestamp: '2026-06-01T12:00:00Z' };

describe('the live view after a message', () => {
  it.each([
    ['Available', { powerW: 0, offeredW: 0, transactionId: null }],
    ['SuspendedEV', { powerW: 0 }],
    ['Faulted', { powerW: 0 }],
    ['Charging', {}],
  ])('%s', (status, expected) => {
    const { live } = decide('StatusNotification', { connectorId: 1, status, errorCode: 'NoError' });
    expect(live).toEqual([{ connectorId: 1, status, errorCode: 'NoError', ...expected }]);
  });

  it('a stop rests its connector, unless another transaction runs on it', () => {
    expect(decide('StopTransaction', STOP, { ...EMPTY, transactions: [RUNNING] }).live).toEqual([
      { connectorId: 2, powerW: 0, transactionId: null },
    ]);
    const transactions = [RUNNING, { ...RUNNING, id: 8 }];
    expect(decide('StopTransaction', STOP, { ...EMPTY, transactions }).live).toEqual([]);
  });

  it('readings of an ended transaction do not light it up again', () => {
    const ended = { ...RUNNING, stoppedAt: new Date('2026-06-01T12:00:00Z') };
    const power = { value: '2400', measurand: 'Power.Active.Import' };
    const meterValue = [{ timestamp: '2026-06-01T11:00:00Z', sampledValue: [power] }];
    const payload = { connectorId: 2, transactionId: 7, meterValue };
    expect(decide('MeterValues', payload, { ...EMPTY, transactions: [ended] }).live).toEqual([]);
    expect(decide('MeterValues', payload, { ...EMPTY, transactions: [RUNNING] }).live).toMatchObject([
      { powerW: 2_400 },
    ]);
  });
});

describe('the live register', () => {
  const values = (sampledValue: Record<string, string>) => ({
    connectorId: 2,
    transactionId: 7,
    meterValue: [{ timestamp: '2026-06-01T10:15:00Z', sampledValue: [sampledValue] }],
  });

  it.each([
    ['that counts from the Start', { value: '1500', unit: 'Wh' }, 1_206_000],
    ['in kWh without saying so', { value: '1206.000' }, 1_206_000],
    ["that is the meter's own", { value: '1206.000', unit: 'kWh' }, 1_206_000],
  ])('of a sample %s is the one that is meant: what is left of a balance is counted by it', (_, sample, importWh) => {
    const transactions = [{ ...RUNNING, meterStartWh: 1_204_500 }];
    const { live, readings } = decide('MeterValues', values(sample), { ...EMPTY, transactions });
    expect(live).toMatchObject([{ connectorId: 2, transactionId: 7, importWh }]);
    expect(readings).toMatchObject([{ importWh }]);
  });

  it('of an event of a station is the one that is meant, too', () => {
    const at = '2026-06-01T10:15:00Z';
    const sampledValue = [{ value: 1_500, measurand: 'Energy.Active.Import.Register', context: 'Sample.Periodic' }];
    const payload = {
      eventType: 'Updated',
      timestamp: at,
      triggerReason: 'MeterValuePeriodic',
      seqNo: 1,
      transactionInfo: { transactionId: 'tx' },
      meterValue: [{ timestamp: at, sampledValue }],
    };
    const transactions = [{ ...RUNNING, chargerRef: 'tx', meterStartWh: 1_204_500, lastReadingAt: RUNNING.startedAt }];
    const message = parse201('TransactionEvent', payload);
    if (message === null) throw new Error('no event');
    const call = { chargerId: 'zcs1', protocol: 'ocpp2.0.1' as const, messageId: 'm', action: 'TransactionEvent' };
    const { live } = decideMessage({ ...call, payload, message, receivedAt: NOW }, { ...EMPTY, transactions });
    expect(live).toMatchObject([{ connectorId: 2, transactionId: 7, importWh: 1_206_000 }]);
  });
});

describe('a card at a start', () => {
  it.each([
    ['Accepted', CARD, []],
    ['Expired', { ...CARD, expiresAt: new Date('2026-06-01T12:00:00Z') }, ['expired-token']],
    ['Blocked', { ...CARD, status: 'blocked' }, ['blocked-token']],
    ['Blocked', { ...CARD, suspended: true }, ['blocked-token']],
    ['NotAtThisTime', { ...CARD, validFrom: new Date('2026-06-01T12:00:01Z') }, ['early-token']],
    ['NotAtThisLocation', { ...CARD, elsewhere: true }, ['token-elsewhere']],
    ['NoCredit', { ...CARD, withoutCredit: true }, ['no-credit']],
    ['Unknown', null, ['unknown-token']],
  ])('is %s; it begins a transaction all the same, flagged', (status, token, flags) => {
    const { answer, begins, concerns = [] } = decide('StartTransaction', START, { ...EMPTY, token });
    expect(answer).toEqual({ kind: 'token', transactionId: 42, status });
    expect(begins?.id).toBe(42);
    expect(concerns.map(({ code }) => code)).toEqual(flags);
  });
});

describe('a stop of an unknown transaction', () => {
  it('ends the one of the same card when several run', () => {
    const transactions = [
      { ...RUNNING, id: 9, connectorId: 1, idTag: 'OTHER', startedAt: new Date('2026-06-01T11:00:00Z') },
      RUNNING,
    ];
    const { changes } = decide(
      'StopTransaction',
      { ...STOP, transactionId: 0, idTag: 'card' },
      { ...EMPTY, transactions },
    );
    expect(changes).toMatchObject([{ id: 7, end: { meterStopWh: 2_000 } }]);
  });

  describe('where two connectors run', () => {
    const one = { ...RUNNING, id: 8, connectorId: 1, meterStartWh: 500_000 };
    const two = {
      ...RUNNING,
      id: 9,
      idTag: 'OTHER',
      meterStartWh: 10_000,
      startedAt: new Date('2026-06-01T11:00:00Z'),
    };
    const facts = { ...EMPTY, transactions: [two, one] };
    const told = { transactionId: -1, timestamp: '2026-06-01T12:00:00Z' };

    it.each([
      ['whose register it can be', { meterStop: 512_000 }, 8],
      [
        'whose register it can be, though it bears the card of the other: no connector gives half a MWh in an hour',
        { meterStop: 512_000, idTag: 'OTHER' },
        8,
      ],
      ['that began last, whose register it can be', { meterStop: 12_000 }, 9],
      ['of the same card, where no register is told', { meterStop: 0, idTag: 'CARD' }, 8],
      ['that began last, where nothing else is told', { meterStop: -1 }, 9],
    ])('it ends the one %s', (_, stop, id) => {
      const { begins, changes } = decide('StopTransaction', { ...told, ...stop }, facts);
      expect(begins).toBeUndefined();
      expect(changes).toMatchObject([{ id, end: {} }]);
    });

    it('it ends the one whose register comes next to it, of two of the same card', () => {
      const near = { ...two, idTag: 'CARD', meterStartWh: 505_000, startedAt: one.startedAt };
      const stop = { ...told, meterStop: 512_000, idTag: 'CARD' };
      const { changes } = decide('StopTransaction', stop, { ...EMPTY, transactions: [one, near] });
      expect(changes).toMatchObject([{ id: 9 }]);
    });

    it('it ends none of them with a register that neither can have', () => {
      const stop = { ...told, meterStop: 9_000_000 };
      const { begins, concerns } = decide('StopTransaction', stop, facts);
      expect(begins).toMatchObject({ id: 42, hasStart: false });
      expect(concerns).toMatchObject([{ code: 'stop-without-start' }]);
    });
  });

  it('never ends one that began later', () => {
    const transactions = [{ ...RUNNING, startedAt: new Date('2026-06-01T13:00:00Z') }];
    const { begins, concerns } = decide('StopTransaction', { ...STOP, transactionId: 0 }, { ...EMPTY, transactions });
    expect(begins).toMatchObject({ id: 42, hasStart: false, connectorId: 2 });
    expect(concerns).toMatchObject([{ code: 'stop-without-start' }]);
  });
});
