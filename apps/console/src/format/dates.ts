import type { Language } from './numbers.js';

const LOCALE = { pt: 'pt-PT', en: 'en-GB' } as const;
/** Where an answer names no installation; the service works in mainland Portugal first. */
export const DEFAULT_ZONE = 'Europe/Lisbon';

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(language: Language, timeZone: string, kind: string, options: Intl.DateTimeFormatOptions) {
  const key = `${language} ${timeZone} ${kind}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(LOCALE[language], { ...options, timeZone });
  cache.set(key, made);
  return made;
}

const DAY = { day: '2-digit', month: '2-digit', year: 'numeric' } as const;
const TIME = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;

/** An instant (ISO 8601) as local date and time of the installation: `30/06/2026 23:59`. */
export function formatInstant(iso: string, language: Language, timeZone: string = DEFAULT_ZONE): string {
  const at = new Date(iso);
  return `${formatter(language, timeZone, 'day', DAY).format(at)} ${formatter(language, timeZone, 'time', TIME).format(at)}`;
}

/** The time of day alone, where the day is clear: `23:59`. */
export function formatTime(iso: string, language: Language, timeZone: string = DEFAULT_ZONE): string {
  return formatter(language, timeZone, 'time', TIME).format(new Date(iso));
}

/** Also the seconds, for what happens fast. */
export function formatInstantExact(iso: string, language: Language, timeZone: string = DEFAULT_ZONE): string {
  const at = new Date(iso);
  const time = formatter(language, timeZone, 'seconds', { ...TIME, second: '2-digit' }).format(at);
  return `${formatter(language, timeZone, 'day', DAY).format(at)} ${time}`;
}

/** A date (yyyy-mm-dd), or an instant seen from the installation, as `30/06/2026`. */
export function formatDay(text: string, language: Language, timeZone: string = DEFAULT_ZONE): string {
  const plain = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const at = new Date(plain ? `${text}T00:00:00Z` : text);
  return formatter(language, plain ? 'UTC' : timeZone, 'day', DAY).format(at);
}

/** yyyy-mm-dd of the reader's day, so many days from now. */
export function dayAhead(days: number): string {
  const date = new Date(Date.now() + days * 86_400_000);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

/** 2026-06 → `Junho de 2026`. */
export function formatPeriod(period: string, language: Language): string {
  const at = new Date(`${period}-01T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return period;
  const text = formatter(language, 'UTC', 'period', { month: 'long', year: 'numeric' }).format(at);
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** 6 → `junho`. */
export function formatMonth(month: number, language: Language): string {
  return formatter(language, 'UTC', 'month', { month: 'long' }).format(new Date(Date.UTC(2026, month - 1, 1)));
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** How long ago, or how long until, in one unit: `há 3 minutos`, `dentro de 2 dias`, `agora`. */
export function formatDistance(iso: string, nowMs: number, language: Language): string {
  const seconds = Math.round((new Date(iso).getTime() - nowMs) / 1000);
  const words = new Intl.RelativeTimeFormat(LOCALE[language], { numeric: 'always' });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.trunc(seconds / size), unit);
  }
  if (seconds === 0) return new Intl.RelativeTimeFormat(LOCALE[language], { numeric: 'auto' }).format(0, 'second');
  return words.format(seconds, 'second');
}

/** From one instant to another: `2 h 05 min`, `45 s`. */
export function formatDuration(fromIso: string, toIso: string): string {
  const seconds = Math.max(0, Math.round((new Date(toIso).getTime() - new Date(fromIso).getTime()) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
