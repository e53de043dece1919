import { ApiError } from './api-error.js';
import type { Params } from './params.js';

/** `created[gte]` and its like: seconds. */
function createdWithin(params: Params): (created: number) => boolean {
  const range = params.nested('created');
  const least = range?.integer('gte') ?? -Infinity;
  const above = range?.integer('gt') ?? -Infinity;
  const most = range?.integer('lte') ?? Infinity;
  const below = range?.integer('lt') ?? Infinity;
  range?.refuseUnknown();
  return (created) => created >= least && created > above && created <= most && created < below;
}

/** One page of Stripe's lists, newest first: `limit` (1 to 100, default 10), `starting_after`, `created`. */
export function page<T extends { readonly id: string; readonly created: number }>(
  url: string,
  all: readonly T[],
  params: Params,
) {
  const size = params.integer('limit') ?? 10;
  if (size < 1 || size > 100) throw ApiError.invalid('Invalid limit: must be 1 to 100', { param: 'limit' });
  const isWithin = createdWithin(params);
  const found = all.filter((object) => isWithin(object.created));
  const after = params.text('starting_after');
  params.refuseUnknown();
  const index = after === undefined ? -1 : found.findIndex((object) => object.id === after);
  if (after !== undefined && index < 0) throw ApiError.missing('object', after);
  const from = index + 1;
  return { object: 'list', url, has_more: from + size < found.length, data: found.slice(from, from + size) };
}

/** Keeps what has these values; a filter that was not given keeps all. */
export function having<T extends object>(all: readonly T[], filters: Partial<Record<string, string | undefined>>): T[] {
  const given = Object.entries(filters).filter(([, value]) => value !== undefined);
  return all.filter((one) => given.every(([name, value]) => Reflect.get(one, name) === value));
}
