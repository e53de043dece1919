import { ApiError } from './api-error.js';
import type { Tables } from './store.js';
import type { World } from './world.js';

const KINDS: Readonly<Record<string, keyof Tables>> = {
  ch: 'charge',
  cs: 'checkout_session',
  cus: 'customer',
  du: 'dispute',
  mandate: 'mandate',
  pi: 'payment_intent',
  pm: 'payment_method',
  po: 'payout',
  py: 'charge',
  pyr: 'refund',
  re: 'refund',
  seti: 'setup_intent',
  txn: 'balance_transaction',
};

function expandPath(world: World, value: unknown, path: readonly string[], whole: string): unknown {
  const [head, ...rest] = path;
  if (head === undefined) {
    if (typeof value !== 'string') return value;
    const kind = KINDS[value.split('_')[0] ?? ''];
    if (kind === undefined) throw notExpandable(whole);
    return world.find(kind, value);
  }
  if (Array.isArray(value)) return value.map((item) => expandPath(world, item, path, whole));
  const object = typeof value === 'string' ? expandPath(world, value, [], whole) : value;
  if (object === null) return null;
  if (typeof object !== 'object' || !(head in object)) throw notExpandable(whole);
  return { ...object, [head]: expandPath(world, Reflect.get(object, head), rest, whole) };
}

function notExpandable(path: string): ApiError {
  return ApiError.invalid(`This property cannot be expanded (${path}).`, { param: 'expand' });
}

/** Puts whole objects where `expand` asks for them: `latest_charge.balance_transaction`, `data.source`. */
export function expanded(world: World, answer: unknown, paths: readonly string[]): unknown {
  return paths.reduce((object, path) => expandPath(world, object, path.split('.'), path), answer);
}
