import type { Sql } from '../persistence/database.js';
import { promisedTooMuch } from './circuit-problems.js';
import { pathsOf } from './circuit-tree.js';
import type { DeciA } from './current.js';
import { loadSite } from './load-site.js';

/** The spots of a circuit would be promised so much more than it bears. */
export interface PromisesRefusal {
  readonly code: 'promises-exceed';
  readonly name: string;
  readonly excessA: number;
}

/** By circuit, how much more was promised to its spots than it bears; circuits where all holds are left out. */
export async function promiseExcesses(
  trx: Sql,
  installationId: string,
  now: Date,
): Promise<ReadonlyMap<string, DeciA>> {
  const { circuits, connectors } = await loadSite(trx, installationId, now);
  const paths = pathsOf(circuits);
  const facts = connectors.map((connector) => connector.facts);
  const excesses = circuits.map((circuit) => {
    const behind = facts.filter(({ circuitId }) => paths.get(circuitId)?.includes(circuit.id));
    return [circuit.id, promisedTooMuch(circuit, behind)] as const;
  });
  return new Map(excesses.filter(([, deciA]) => deciA > 0));
}

/** What was promised too much before may stay or become less: nobody is kept from mending it step by step. */
export async function promisesRefusal(
  trx: Sql,
  installationId: string,
  before: ReadonlyMap<string, DeciA>,
  now: Date,
): Promise<PromisesRefusal | null> {
  const excesses = await promiseExcesses(trx, installationId, now);
  const worse = [...excesses].find(([id, deciA]) => deciA > (before.get(id) ?? 0));
  if (worse === undefined) return null;
  const [id, excessDeciA] = worse;
  const { name } = await trx.selectFrom('circuit').select('name').where('id', '=', id).executeTakeFirstOrThrow();
  return { code: 'promises-exceed', name, excessA: Math.ceil(excessDeciA / 10) };
}
