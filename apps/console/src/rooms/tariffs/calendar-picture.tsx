import { Anchor, Text } from '@mantine/core';
import { Fragment, type CSSProperties } from 'react';

import type { CalendarDetail, CalendarInterval, CalendarTable } from '#apps/backoffice/api-types.js';

import { bandColour } from '../../app/theme.js';
import { useWords } from '../../texts/language.js';
import { bandName, inBandOrder } from '../../wording/bands.js';
import { clockText } from '../../wording/tariff.js';
import { ConfidenceBadge } from './calendar-list.js';

import classes from './tariffs.module.css';

type CalendarSet = CalendarDetail['sets'][number];
const HOURS = [0, 3, 6, 9, 12, 15, 18, 21, 24];
const MINUTES = 1440;

interface Row {
  readonly key: string;
  readonly title: string;
  readonly table: CalendarTable;
  readonly intervals: readonly CalendarInterval[];
}

/** Rows by season and day type; days on which a contract with few bands is the same all along are drawn once. */
function rowsOf(t: ReturnType<typeof useWords>['t'], set: CalendarSet, bands: string): Row[] {
  const key = bands === '1' || bands === '2' || bands === '3' || bands === '4' ? bands : '1';
  const rows = set.tables.map((table) => ({
    key: `${table.season} ${table.dayType}`,
    title: `${t(`calendar.season.${table.season}`)}, ${t(`calendar.day.${table.dayType}`)}`,
    table,
    intervals: table.byBands[key] ?? [],
  }));
  const [first] = rows;
  const isFlat = first !== undefined && rows.every(({ intervals }) => intervals.length === 1);
  if (!isFlat) return rows;
  return [{ ...first, title: `${t('calendar.season.all')}, ${t('calendar.day.all')}` }];
}

/** A set of hours: each season and day type as a bar of 24 hours, its hours in words, its sources below. */
export function CalendarPicture({ set, bands }: { readonly set: CalendarSet; readonly bands: string }) {
  const { t, day } = useWords();
  const rows = rowsOf(t, set, bands);
  const span =
    set.to === null
      ? t('calendar.from', { from: day(set.from) })
      : t('calendar.from-to', { from: day(set.from), to: day(set.to) });
  return (
    <>
      <Text size="sm" c="dimmed" mb="md">
        {span} · <Linked text={set.law} />
      </Text>
      <div className={classes.axis} aria-hidden>
        {HOURS.map((hour) => (
          <span key={hour} style={{ left: `${(100 * hour) / 24}%` }}>
            {hour}
          </span>
        ))}
      </div>
      {rows.map((row) => (
        <DayRow key={row.key} row={row} />
      ))}
      <Sources set={set} />
    </>
  );
}

function DayRow({ row }: { readonly row: Row }) {
  const { t } = useWords();
  const byBand = Map.groupBy(row.intervals, ({ band }) => band);
  const bands = inBandOrder([...byBand.keys()].map((band) => ({ band }))).toReversed();
  return (
    <div className={classes.day} data-testid="calendar-day">
      <div className={classes.dayTitle}>
        {row.title} <ConfidenceBadge confidences={[row.table.confidence]} />
      </div>
      <div className={classes.dayBar} aria-hidden>
        {row.intervals.map(({ band, startMinute, endMinute }) => (
          <div
            key={startMinute}
            className={classes.dayPart}
            style={{
              left: `${(100 * startMinute) / MINUTES}%`,
              width: `${(100 * (endMinute - startMinute)) / MINUTES}%`,
              background: bandColour(band),
            }}
          />
        ))}
      </div>
      <ul className={classes.hours}>
        {bands.map(({ band }) => (
          <li key={band} style={{ '--colour': bandColour(band) } as CSSProperties}>
            <strong>{bandName(t, band, byBand.get(band)?.[0]?.label ?? band)}</strong>{' '}
            {(byBand.get(band) ?? [])
              .map(({ startMinute, endMinute }) => `${clockText(startMinute)}–${clockText(endMinute)}`)
              .join(', ')}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Sources({ set }: { readonly set: CalendarSet }) {
  const { t } = useWords();
  const sources = [...new Set(set.tables.flatMap((table) => table.sources))];
  const notes = [...new Set(set.tables.flatMap(({ note }) => note ?? []))];
  return (
    <details className={classes.sources}>
      <summary>{t('calendar.sources', { count: sources.length })}</summary>
      <ul lang="en">
        {sources.map((source) => (
          <li key={source}>
            <Linked text={source} />
          </li>
        ))}
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}

/** A text whose addresses can be followed. */
function Linked({ text }: { readonly text: string }) {
  const parts = text.split(/(https?:\/\/[^\s;,)]+)/);
  return parts.map((part, index) =>
    /^https?:/.test(part) ? (
      // oxlint-disable-next-line react/no-array-index-key -- the parts of one text stay where they are
      <Anchor key={index} href={part} target="_blank" rel="noreferrer" size="sm" className={classes.address ?? ''}>
        {part}
      </Anchor>
    ) : (
      // oxlint-disable-next-line react/no-array-index-key -- as above
      <Fragment key={index}>{part}</Fragment>
    ),
  );
}
