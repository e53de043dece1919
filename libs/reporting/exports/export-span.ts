import { sql as fragment, type RawBuilder } from 'kysely';

/** Local days, inclusive, in each installation's own zone; null is unbounded. */
export interface ExportSpan {
  readonly from: string | null;
  readonly to: string | null;
}

export type ExportRow = Record<string, string | number | null>;

/** SQL: an instant as text. */
export const iso = (at: string | RawBuilder<unknown>): RawBuilder<string> =>
  fragment`to_char((${column(at)}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const column = (at: string | RawBuilder<unknown>) => (typeof at === 'string' ? fragment.ref(at) : at);

/** SQL: instants that surely hold the span in whatever zone, for an index to be asked. */
export function outerBounds({ from, to }: ExportSpan): { from: RawBuilder<unknown>; until: RawBuilder<unknown> } {
  return {
    from: from === null ? fragment`'-infinity'::timestamptz` : fragment`(${from}::date - 2)::timestamptz`,
    until: to === null ? fragment`'infinity'::timestamptz` : fragment`(${to}::date + 3)::timestamptz`,
  };
}

/** SQL: whether the local day of an instant is one of the span; `i` is the installation. */
export function isWithin(at: string | RawBuilder<unknown>, span: ExportSpan): RawBuilder<boolean> {
  const local = fragment`((${column(at)}) at time zone i.time_zone)::date`;
  const from = span.from === null ? fragment`true` : fragment`${local} >= ${span.from}::date`;
  const to = span.to === null ? fragment`true` : fragment`${local} <= ${span.to}::date`;
  return fragment`(${from} and ${to})`;
}
