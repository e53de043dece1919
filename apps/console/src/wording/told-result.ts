import type { ChargerCommand } from '#apps/backoffice/api-types.js';

import { nameOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';

type Result = NonNullable<ChargerCommand['result']>;
type Schedule = NonNullable<Result['schedule']>;
type Certificate = NonNullable<Result['certificates']>[number];

/** What else a charger answered, in words: a line each; none for results that say no more than how it went. */
export function toldLines(
  words: Words,
  { result, answeredAt }: Pick<ChargerCommand, 'result' | 'answeredAt'>,
  timeZone: string,
): string[] {
  const { t } = words;
  if (result === null) return [];
  const { schedule, certificates, fileName, ongoing, messagesInQueue } = result;
  const lines: string[] = [];
  if (typeof fileName === 'string') lines.push(t('command.told.file', { name: fileName }));
  // Answers of before were kept in each version's own words.
  if (schedule && Array.isArray(schedule.periods)) lines.push(...scheduleLines(words, schedule, answeredAt, timeZone));
  for (const certificate of certificates ?? []) lines.push(certificateLine(words, certificate));
  if (typeof ongoing === 'boolean') lines.push(t(ongoing ? 'command.told.ongoing' : 'command.told.ended'));
  if (typeof messagesInQueue === 'boolean') {
    lines.push(t(messagesInQueue ? 'command.told.queue' : 'command.told.no-queue'));
  }
  return [...new Set(lines)];
}

function scheduleLines({ t, instant }: Words, schedule: Schedule, answeredAt: string | null, timeZone: string) {
  const { connectorId, startAt, durationS, unit, periods } = schedule;
  const saidMs = Date.parse(startAt ?? '');
  const startMs = Number.isNaN(saidMs) ? Date.parse(answeredAt ?? '') : saidMs;
  if (Number.isNaN(startMs)) return [];
  const after = (seconds: number): string => instant(new Date(startMs + seconds * 1_000).toISOString(), timeZone);
  const lines = periods.map(({ startS, limit, phases }) => {
    const how = limit === null ? t('command.told.no-limit') : t('command.told.limit', { limit, unit });
    const on = phases === null ? '' : ` · ${t('command.told.phases', { count: phases })}`;
    return `${t('command.told.from', { at: after(startS) })}: ${how}${on}`;
  });
  const where = connectorId === null || connectorId === 0 ? [] : [t('command.told.connector', { number: connectorId })];
  const end = durationS === null ? [] : [t('command.told.until', { at: after(durationS) })];
  return [...where, ...lines, ...end];
}

function certificateLine({ t }: Words, { use, certificate, children }: Certificate): string {
  const what = use === null ? t('command.told.certificate') : nameOf(t, 'command.certificate', use);
  const below = children.length === 0 ? '' : ` · ${t('command.told.chain', { count: children.length })}`;
  return `${what} · ${t('command.told.serial', { serial: certificate.serialNumber })}${below}`;
}
