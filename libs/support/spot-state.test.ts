import { describe, expect, it } from '@jest/globals';

import { SILENT_AFTER_MS, spotState, type ConnectorFacts } from './spot-state.js';

const NOW = new Date('2026-06-15T10:00:00Z');
const ONLINE = { online: true, lastSeenAt: new Date(NOW.getTime() - 30_000) };

function connector(status: string, facts: Partial<ConnectorFacts> = {}): ConnectorFacts {
  const nothing = { connectorId: 1, errorCode: null, powerW: null, offeredW: null, energyWh: null, updatedAt: NOW };
  return { ...nothing, ...facts, status };
}

describe('the state of a spot', () => {
  it.each([
    ['Available', 'disconnected'],
    ['Preparing', 'waiting'],
    ['Charging', 'charging'],
    ['SuspendedEVSE', 'waiting'],
    ['SuspendedEV', 'waiting'],
    ['Finishing', 'finished'],
    ['Reserved', 'waiting'],
    ['Unavailable', 'faulted'],
    ['Faulted', 'faulted'],
    ['SomethingNew', 'faulted'],
  ])('calls OCPP status %s %s', (status, code) => {
    expect(spotState(ONLINE, [connector(status)], NOW).code).toBe(code);
  });

  it('says what flows, what is offered and what has flowed while charging', () => {
    const charging = connector('Charging', { powerW: 2400, offeredW: 4600, energyWh: 7300, errorCode: 'NoError' });
    expect(spotState(ONLINE, [charging], NOW)).toEqual({
      code: 'charging',
      status: 'Charging',
      errorCode: null,
      powerW: 2400,
      offeredW: 4600,
      energyWh: 7300,
      since: NOW,
      online: true,
    });
  });

  it('shows no stale power once nothing flows', () => {
    expect(spotState(ONLINE, [connector('SuspendedEV', { powerW: 2400, energyWh: 7300 })], NOW)).toMatchObject({
      code: 'waiting',
      powerW: null,
      energyWh: 7300,
    });
  });

  it('is no-charger where none hangs', () => {
    expect(spotState(null, [], NOW).code).toBe('no-charger');
  });

  it('is offline when the connection is gone, and when a connected charger has long been silent', () => {
    const since = new Date(NOW.getTime() - SILENT_AFTER_MS);
    expect(spotState({ ...ONLINE, online: false }, [connector('Charging')], NOW).code).toBe('offline');
    expect(spotState({ online: true, lastSeenAt: since }, [connector('Charging')], NOW)).toMatchObject({
      code: 'offline',
      powerW: null,
      since,
    });
    expect(spotState({ online: true, lastSeenAt: null }, [], NOW).code).toBe('offline');
  });

  it('shows the busiest of several connectors', () => {
    const states = [connector('Available'), connector('Charging', { connectorId: 2, powerW: 11_000 })];
    expect(spotState(ONLINE, states, NOW)).toMatchObject({ code: 'charging', powerW: 11_000 });
  });

  it('is faulted when the charger itself is, and ignores what else connector 0 says', () => {
    const itself = (status: string) => connector(status, { connectorId: 0 });
    expect(spotState(ONLINE, [itself('Faulted'), connector('Charging')], NOW).code).toBe('faulted');
    expect(spotState(ONLINE, [itself('Unavailable'), connector('Charging')], NOW).code).toBe('charging');
  });
});
