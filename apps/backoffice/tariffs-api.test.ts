import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase } from '#test/setup/database.js';

import {
  calendarDetailSchema,
  calendarPageSchema,
  priceSeriesPageSchema,
  tariffDetailSchema,
  tariffPageSchema,
} from './api-types.js';
import type { Caller } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import { aCalendar } from './testing/tariff-world.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let database: StaffedApi['database'];
let tenant: Tenant;
let staff: Caller;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ database, tenant, staff } = world);
});
afterAll(() => world.stop());

const lastAudit = () =>
  database.sql.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(1).executeTakeFirst();

describe('calendars', () => {
  it('tell their hours as each number of bands has them', async () => {
    const calendar = calendarDetailSchema.parse((await staff.get('/api/v1/calendars/pt-mainland-weekly')).body);
    expect(calendar).toMatchObject({ timeZone: 'Europe/Lisbon', builtIn: true, bandCounts: [1, 2, 3, 4] });
    expect(calendar.sets.map(({ holds }) => holds)).toEqual(['until-changeover', 'from-changeover']);
    const table = calendar.sets[0]?.tables.find(({ season, dayType }) => season === 'summer' && dayType === 'weekday');
    expect(table?.byBands['2']).toEqual([
      { band: 'vazio', label: 'Vazio', startMinute: 0, endMinute: 420 },
      { band: 'fora-de-vazio', label: 'Fora de Vazio', startMinute: 420, endMinute: 1440 },
    ]);
    expect(table?.byBands['4']).toHaveLength(6);
    expect(table?.sources.length).toBeGreaterThan(0);
  });

  it('are added by staff, once, with an audit entry', async () => {
    const file = aCalendar('es-dia-noche');
    const added = await staff.post('/api/v1/calendars', file);
    expect(added).toMatchObject({ status: 200, body: { id: 'es-dia-noche', builtIn: false, bandCounts: [2] } });
    expect(await lastAudit()).toMatchObject({
      action: 'calendar.add',
      subject: 'calendar/es-dia-noche',
      before: null,
      after: { id: 'es-dia-noche' },
    });
    const entry = await lastAudit();
    expect(await staff.post('/api/v1/calendars', file)).toMatchObject({ status: 200 });
    expect(await lastAudit()).toEqual(entry);
    const page = calendarPageSchema.parse((await staff.get('/api/v1/calendars')).body);
    expect(page.items.map(({ id }) => id)).toContain('es-dia-noche');
    const other = { ...file, region: 'ES-CE' };
    expect(await staff.post('/api/v1/calendars', other)).toMatchObject({
      status: 409,
      body: { type: '/problems/calendar-exists' },
    });
  });

  it('with faults are refused, each fault with its place', async () => {
    const file = aCalendar('es-errado');
    const table = file.sets[0]?.tables[0];
    table?.intervals.splice(0, 1, { band: 'valle', start: '00:00', end: '07:10' });
    const answer = await staff.post('/api/v1/calendars', { ...file, cor: 'azul' }, { 'idempotency-key': 'wrong' });
    expect(answer).toMatchObject({
      status: 400,
      body: {
        type: '/problems/invalid-calendar',
        issues: expect.arrayContaining([
          { field: 'sets.0.tables.0.intervals.0.end', message: 'a quarter hour from 00:00 to 24:00' },
          { field: 'cor', message: expect.stringContaining('cor') },
        ]),
      },
    });
    const again = await staff.post('/api/v1/calendars', { ...file, cor: 'azul' }, { 'idempotency-key': 'wrong' });
    expect(again.body).toEqual(answer.body);
  });

  it('come in pages, and say in how many installations they hold', async () => {
    const first = calendarPageSchema.parse((await staff.get('/api/v1/calendars?limit=5')).body);
    const second = calendarPageSchema.parse(
      (await staff.get(`/api/v1/calendars?limit=200&cursor=${first.nextCursor}`)).body,
    );
    const ids = [...first.items, ...second.items].map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort());
    const weekly = [...first.items, ...second.items].find(({ id }) => id === 'pt-mainland-weekly');
    expect(weekly?.installations).toBe(1);
  });
});

describe('a tariff', () => {
  it('is told as it holds today, and over time', async () => {
    const page = tariffPageSchema.parse((await staff.get('/api/v1/tariffs')).body);
    expect(page.items).toMatchObject([
      {
        installationId: tenant.installationId,
        current: { planName: tenant.planName, bandCount: 3, lowestMicros: 141_200, highestMicros: 296_302 },
        nextChange: null,
      },
    ]);
    const tariff = tariffDetailSchema.parse((await staff.get(`/api/v1/tariffs/${tenant.installationId}`)).body);
    expect(tariff.currency).toBe('EUR');
    expect(tariff.spans.map(({ from, to, changes }) => [from, to, ...changes])).toEqual([
      ['2025-06-01', '2026-06-16', 'plan'],
      ['2026-06-17', null, 'prices'],
    ]);
    const [before] = tariff.spans;
    expect(before?.prices.map(({ band, totalMicros }) => [band, totalMicros])).toEqual([
      ['ponta', 286_302],
      ['cheias', 191_200],
      ['vazio', 131_200],
    ]);
    expect(before?.charges.map(({ party, code }) => [party, code])).toEqual([
      ['retailer', 'contracted-power'],
      ['bpo', 'fee-spot'],
    ]);
  });
});

describe('price series', () => {
  it('are told with their span and their gaps', async () => {
    const { sql } = database;
    await sql
      .insertInto('price_series')
      .values({ id: 'omie', name: 'OMIE', kind: 'price', clock_zone: 'Europe/Madrid', resolution_minutes: 60 })
      .execute();
    const hours = [0, 1, 4, 5, 9];
    await sql
      .insertInto('series_value')
      .values(hours.map((hour) => ({ series_id: 'omie', starts_at: new Date(Date.UTC(2026, 5, 1, hour)), micros: 1 })))
      .execute();
    const { items } = priceSeriesPageSchema.parse((await staff.get('/api/v1/price-series')).body);
    expect(items).toMatchObject([
      {
        id: 'omie',
        values: 5,
        firstAt: '2026-06-01T00:00:00.000Z',
        endsAt: '2026-06-01T10:00:00.000Z',
        gapCount: 2,
        gaps: [
          { from: '2026-06-01T02:00:00.000Z', to: '2026-06-01T04:00:00.000Z' },
          { from: '2026-06-01T06:00:00.000Z', to: '2026-06-01T09:00:00.000Z' },
        ],
      },
    ]);
  });
});
