import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributeUpdatePair } from '@temporalio/common';
import { upsertSearchAttributes } from '@temporalio/workflow';

/** What a run can be found by in Temporal's own web UI. Opaque ids only: search attributes are stored in clear. */
export const SEARCH_ATTRIBUTES = {
  installationId: defineSearchAttributeKey('InstallationId', SearchAttributeType.KEYWORD),
  period: defineSearchAttributeKey('Period', SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey('Stage', SearchAttributeType.KEYWORD),
  outcome: defineSearchAttributeKey('Outcome', SearchAttributeType.KEYWORD),
  /** What a person is needed for: `approval`, `held`, `parked`, `paused`; absent when nothing. */
  needsAction: defineSearchAttributeKey('NeedsAction', SearchAttributeType.KEYWORD),
  nextActionAt: defineSearchAttributeKey('NextActionAt', SearchAttributeType.DATETIME),
} as const;

/** null or undefined removes the attribute. */
export interface Visibility {
  readonly installationId?: string | null;
  readonly period?: string | null;
  readonly stage: string;
  readonly outcome?: string | null;
  readonly needsAction?: string | null;
  readonly nextActionAt?: string | null;
}

/** Upserts only what differs from what was shown last: each upsert is an event in the history. */
export class VisibilityBoard {
  #shown: Visibility | null = null;

  show(visibility: Visibility): void {
    const pairs = changes(this.#shown, visibility);
    this.#shown = visibility;
    if (pairs.length > 0) upsertSearchAttributes(pairs);
  }
}

/** The attributes that differ between two views, pure. */
export function changes(before: Visibility | null, after: Visibility): SearchAttributeUpdatePair[] {
  const pairs: SearchAttributeUpdatePair[] = [];
  for (const name of ['installationId', 'period', 'stage', 'outcome', 'needsAction'] as const) {
    const value = after[name] ?? null;
    if (value !== (before?.[name] ?? null)) pairs.push({ key: SEARCH_ATTRIBUTES[name], value });
  }
  const nextActionAt = after.nextActionAt ?? null;
  if (nextActionAt !== (before?.nextActionAt ?? null)) {
    pairs.push({
      key: SEARCH_ATTRIBUTES.nextActionAt,
      value: nextActionAt === null ? null : new Date(nextActionAt),
    });
  }
  return pairs;
}
