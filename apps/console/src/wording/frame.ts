import type { ChargerFrame } from '#apps/backoffice/api-types.js';

/** What is looked for most. */
export const FRAME_ACTIONS = [
  'Authorize',
  'BootNotification',
  'ChangeConfiguration',
  'Heartbeat',
  'MeterValues',
  'RemoteStartTransaction',
  'RemoteStopTransaction',
  'SetChargingProfile',
  'StartTransaction',
  'StatusNotification',
  'StopTransaction',
  'TransactionEvent',
];

/** Fields that say what a frame is about, in the order in which a person asks. */
const TELLING = [
  'connectorId',
  'transactionId',
  'status',
  'eventType',
  'idTag',
  'meterStart',
  'meterStop',
  'reason',
  'key',
  'type',
] as const;
const LONGEST = 120;

/** A frame in a line: what it says of connector, session, state and register, and how it was answered. */
export function frameSummary({ payload, answer, raw }: ChargerFrame): string {
  if (raw !== null) return raw.slice(0, LONGEST);
  const told = fieldWords(payload);
  const back = fieldWords(answer);
  const register = registerOf(payload);
  const words = [
    ...told,
    ...(register === null ? [] : [register]),
    ...(back.length === 0 ? [] : [`→ ${back.join(', ')}`]),
  ];
  return words.join(', ').slice(0, LONGEST);
}

function fieldWords(value: unknown): string[] {
  const fields = fieldsOf(value);
  const info = fieldsOf(fields['idTagInfo'] ?? fields['idTokenInfo']);
  const words = TELLING.flatMap((name) => (isPlain(fields[name]) ? [`${name} ${String(fields[name])}`] : []));
  return isPlain(info['status']) ? [...words, String(info['status'])] : words;
}

/** The last register of meter values. */
function registerOf(payload: unknown): string | null {
  const values = fieldsOf(payload)['meterValue'];
  const last = Array.isArray(values) ? fieldsOf(values.at(-1))['sampledValue'] : null;
  const sampled = Array.isArray(last) ? last.map(fieldsOf) : [];
  const register = sampled.find(
    (one) => (one['measurand'] ?? 'Energy.Active.Import.Register') === 'Energy.Active.Import.Register',
  );
  return register !== undefined && isPlain(register['value'])
    ? [register['value'], register['unit']].filter(isPlain).join(' ')
    : null;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isPlain(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

/** Local days, both included, as instants; empty: not given. */
export function dayBounds(
  { from, to }: { readonly from: string; readonly to: string },
  timeZone: string,
): { from: string | null; to: string | null } {
  return { from: from === '' ? null : midnight(from, 0, timeZone), to: to === '' ? null : midnight(to, 1, timeZone) };
}

/** The zone's midnight at which a day, or one later, begins: browsers without Temporal know zones only by their clocks. */
function midnight(day: string, later: number, timeZone: string): string {
  const wantedMs = Date.parse(`${day}T00:00:00Z`) + later * 24 * 3_600_000;
  let atMs = wantedMs;
  for (let turn = 0; turn < 2; turn += 1) atMs = wantedMs - aheadMs(atMs, timeZone);
  return new Date(atMs).toISOString();
}

/** How far the zone's clocks are ahead of UTC at an instant. */
function aheadMs(atMs: number, timeZone: string): number {
  const numbers = Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' })
      .formatToParts(new Date(atMs))
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = numbers;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / 1_000) * 1_000;
}
