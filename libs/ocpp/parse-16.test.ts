import { describe, expect, it } from '@jest/globals';

import type { MeterValues } from './messages.js';
import { parse16 } from './parse-16.js';

const AT = '2026-06-01T10:00:00Z';

function samplesOf(...meterValue: { timestamp?: string; sampledValue: Record<string, string>[] }[]): MeterValues {
  const message = parse16('MeterValues', {
    connectorId: 1,
    transactionId: 7,
    meterValue: meterValue.map(({ timestamp = AT, sampledValue }) => ({ timestamp, sampledValue })),
  });
  if (message?.kind !== 'meter-values') throw new Error('not meter values');
  return message;
}

describe('meter values of OCPP 1.6', () => {
  it('carry the current of each conductor at the first place that tells any; one without a phase says nothing', () => {
    const current = (value: string, rest: Record<string, string>) => ({ value, measurand: 'Current.Import', ...rest });
    const currentsOf = (...sampledValue: Record<string, string>[]) =>
      samplesOf({ sampledValue }).samples[0]?.perConductorDeciA;
    expect(currentsOf(current('10.4', { phase: 'L1', unit: 'A' }))).toEqual([104, 0, 0]);
    expect(
      currentsOf(
        current('99', { phase: 'L1', location: 'EV' }),
        current('16', { phase: 'L1', location: 'Inlet' }),
        current('15', { phase: 'L2', location: 'Inlet' }),
        current('12', { phase: 'L1-N' }),
      ),
    ).toEqual([120, 0, 0]);
    expect(currentsOf(current('16', {}))).toBeUndefined();
    expect(currentsOf(current('broken', { phase: 'L1' }))).toBeUndefined();
  });

  it('default to the import register in Wh, sampled periodically', () => {
    const { samples } = samplesOf({ sampledValue: [{ value: '1204500' }] });
    expect(samples).toEqual([
      {
        stamp: { at: new Date(AT), note: null },
        context: 'Sample.Periodic',
        importWh: 1_204_500,
        importWhIfKWh: 1_204_500_000,
      },
    ]);
  });

  it('carry import, export, power and offered power in integer Wh and W', () => {
    const context = 'Sample.Clock';
    const { samples } = samplesOf({
      sampledValue: [
        { value: '12.345', unit: 'kWh', measurand: 'Energy.Active.Import.Register', context },
        { value: '1.5', unit: 'kWh', measurand: 'Energy.Active.Export.Register', context },
        { value: '2.4', unit: 'kW', measurand: 'Power.Active.Import', context },
        { value: '4600', unit: 'W', measurand: 'Power.Offered', context },
        { value: '231', unit: 'V', measurand: 'Voltage', context },
      ],
    });
    expect(samples[0]).toMatchObject({ context, importWh: 12_345, exportWh: 1_500, powerW: 2_400, offeredW: 4_600 });
  });

  it('sum the phases only where no total is given', () => {
    const phases = ['L1', 'L2', 'L3'].map((phase) => ({ value: '100.4', phase }));
    expect(samplesOf({ sampledValue: phases }).samples[0]?.importWh).toBe(300);
    const withTotal = [...phases, { value: '302' }, { value: '5', phase: 'N' }];
    expect(samplesOf({ sampledValue: withTotal }).samples[0]?.importWh).toBe(302);
    const power = ['L1-N', 'L2-N'].map((phase) => ({ value: '1000', phase, measurand: 'Power.Active.Import' }));
    expect(samplesOf({ sampledValue: power }).samples[0]?.powerW).toBe(2_000);
  });

  it('take the outlet, never the vehicle', () => {
    const sampledValue = [
      { value: '9', location: 'EV' },
      { value: '8', location: 'Inlet' },
      { value: '7', location: 'Outlet' },
    ];
    expect(samplesOf({ sampledValue }).samples[0]?.importWh).toBe(7);
    expect(samplesOf({ sampledValue: [{ value: '9', location: 'EV' }] }).samples[0]?.importWh).toBeUndefined();
  });

  it('read the grid side and places nobody knows last, rather than no register', () => {
    const upstream = { value: '5', location: 'Upstream' };
    expect(samplesOf({ sampledValue: [upstream] })).toMatchObject({ samples: [{ importWh: 5 }], doubts: [] });
    const elsewhere = { value: '6', location: 'Meter' };
    expect(samplesOf({ sampledValue: [elsewhere] })).toMatchObject({ samples: [{ importWh: 6 }], doubts: [] });
    expect(samplesOf({ sampledValue: [elsewhere, upstream, { value: '9', location: 'EV' }] })).toMatchObject({
      samples: [{ importWh: 5 }],
    });
    expect(samplesOf({ sampledValue: [upstream, { value: '7', location: 'Inlet' }] })).toMatchObject({
      samples: [{ importWh: 7 }],
    });
    const neutral = { value: '1', location: 'Outlet', phase: 'N' };
    expect(samplesOf({ sampledValue: [neutral, upstream] })).toMatchObject({ samples: [{ importWh: 5 }], doubts: [] });
  });

  it('say so where a register is told and gives no figure', () => {
    const of = (...sampledValue: Record<string, string>[]) => samplesOf({ sampledValue });
    for (const phase of ['N', 'L1-L2']) {
      const register = { value: '9', phase };
      expect(of(register)).toMatchObject({ samples: [{ context: 'Sample.Periodic' }], doubts: ['invalid-value'] });
      const exported = { ...register, measurand: 'Energy.Active.Export.Register' };
      expect(of({ value: '1' }, exported)).toMatchObject({ samples: [{ importWh: 1 }], doubts: ['invalid-value'] });
    }
    expect(of({ value: '9', location: 'EV' }).doubts).toEqual([]);
    expect(of({ value: '900', measurand: 'Power.Active.Import', phase: 'N' }).doubts).toEqual([]);
  });

  it('say so for each way in which energy flowed by interval and no register tells it', () => {
    const interval = (way: string, value: string) => ({ value, measurand: `Energy.Active.${way}.Interval` });
    const of = (...sampledValue: Record<string, string>[]) => samplesOf({ sampledValue }).doubts;
    const registers = [{ value: '1000' }, { value: '50', measurand: 'Energy.Active.Export.Register' }];
    expect(of({ value: '1000' }, interval('Export', '250'))).toEqual(['interval-only']); // V2X
    expect(of({ value: '1000' }, interval('Import', '250'), interval('Export', '0.0'))).toEqual([]);
    expect(of(...registers, interval('Import', '250'), interval('Export', '250'))).toEqual([]);
    expect(of(interval('Import', '0'))).toEqual([]);
    expect(of(interval('Import', '0,3'))).toEqual(['interval-only']);
  });

  it('leave signed data to the raw message and say what they cannot read', () => {
    expect(samplesOf({ sampledValue: [{ value: 'OCMF|{}', format: 'SignedData' }] })).toMatchObject({
      samples: [{ context: 'Sample.Periodic' }],
      doubts: [],
    });
    expect(samplesOf({ sampledValue: [{ value: 'n/a' }] }).doubts).toEqual(['invalid-value']);
    expect(samplesOf({ sampledValue: [{ value: '1e15' }] }).doubts).toEqual(['value-out-of-range']);
    const interval = [{ value: '250', measurand: 'Energy.Active.Import.Interval' }];
    expect(samplesOf({ sampledValue: interval }).doubts).toEqual(['interval-only']);
  });

  it('join the elements of one instant, unless they repeat a measurand', () => {
    const exported = { value: '5', measurand: 'Energy.Active.Export.Register' };
    const joined = samplesOf({ sampledValue: [{ value: '1' }] }, { sampledValue: [exported] });
    expect(joined.samples).toHaveLength(1);
    expect(joined.samples[0]).toMatchObject({ importWh: 1, exportWh: 5 });
    const twice = samplesOf({ sampledValue: [{ value: '1' }] }, { sampledValue: [{ value: '2' }] });
    expect(twice.samples.map((one) => one.importWh)).toEqual([1, 2]);
  });
});

describe('the other calls of OCPP 1.6', () => {
  it('keep a start whose numbers no meter or connector can have', () => {
    const payload = { connectorId: 1e300, idTag: 'A', meterStart: 1e300, timestamp: AT };
    expect(parse16('StartTransaction', payload)).toMatchObject({
      kind: 'transaction-started',
      connectorId: 0,
      meterStartWh: null,
      doubts: ['value-out-of-range'],
    });
  });

  it('read the stop with its transaction data', () => {
    const transactionData = [{ timestamp: AT, sampledValue: [{ value: '5' }] }];
    const payload = { transactionId: 3, meterStop: 9, timestamp: AT, transactionData };
    expect(parse16('StopTransaction', payload)).toMatchObject({
      kind: 'transaction-stopped',
      transactionId: 3,
      meterStopWh: 9,
      reason: null,
      idTag: null,
      samples: [{ importWh: 5 }],
    });
  });

  it('know what no charger asks', () => {
    expect(parse16('RemoteStartTransaction', { idTag: 'A' })).toBeNull();
    expect(parse16('SignCertificate', { csr: 'x' })).toEqual({ kind: 'notice', action: 'SignCertificate' });
  });
});
