import type { CircuitLoad, CircuitProblem, ConnectorLoad, LimitReason } from '#apps/backoffice/api-types.js';

import { formatList } from '../format/lists.js';
import { formatScaled, type Language } from '../format/numbers.js';
import type { Words } from '../texts/words.js';

/** 145 → `14,5 A`: tenths of an ampere. */
export function amperes(deciA: number, language: Language): string {
  return `${formatScaled(deciA, 1, deciA % 10 === 0 ? 0 : 1, language)}\u00a0A`;
}

export interface CircuitNode {
  readonly circuit: CircuitLoad;
  /** 0 for a root. */
  readonly depth: number;
}

/** The circuits as they hang: each followed by those under it, in the order they came. */
export function circuitTree(circuits: readonly CircuitLoad[]): CircuitNode[] {
  const known = new Set(circuits.map(({ circuitId }) => circuitId));
  const under = (parentId: string | null, depth: number): CircuitNode[] =>
    circuits
      .filter((one) => (one.parentId !== null && known.has(one.parentId) ? one.parentId : null) === parentId)
      .flatMap((circuit) => [{ circuit, depth }].concat(under(circuit.circuitId, depth + 1)));
  return under(null, 0);
}

/** How much of a bar is full, in percent; a limit at or below nothing is full. */
export function shareOf(deciA: number, limitDeciA: number): number {
  if (limitDeciA <= 0) return deciA > 0 ? 100 : 0;
  return Math.min(100, Math.max(0, (100 * deciA) / limitDeciA));
}

/** "A carregar com 2,4 kW de 4,6 kW atribuída", or why not. */
export function connectorText({ t, kW }: Words, { isCharging, powerW, limit }: ConnectorLoad): string {
  if (limit === null) return '';
  if (limit.isPaused) return t('circuits.paused');
  const offered = kW(limit.offeredW);
  return isCharging && powerW !== null
    ? t('spot.state.charging', { power: kW(powerW), offered })
    : t('circuits.given.only', { offered });
}

/** What a circuit cannot keep, and what to do or what comes of it; what is alike on several phases is said once. */
export function problemTexts({ t, language }: Words, problems: readonly CircuitProblem[]): string[] {
  const alike = Map.groupBy(problems, ({ code, deciA, limitDeciA }) => `${code} ${deciA} ${limitDeciA}`);
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const phases = group.map(({ phase }) => `L${(phase ?? 0) + 1}`);
    const figures = { may: amperes(first.deciA, language), limit: amperes(first.limitDeciA, language) };
    return t(`circuits.problem.${first.code}`, {
      ...figures,
      count: phases.length,
      phases: formatList(phases, language),
    });
  });
}

/** Why a connector has what it has, in the words of who looks after the circuits. */
export function reasonText({ t }: Words, reason: LimitReason, circuits: readonly CircuitLoad[]): string {
  const { code, bound, cars, place } = reason;
  const circuit = circuits.find(({ circuitId }) => circuitId === reason.circuitId)?.name ?? '';
  const phase = (reason.phase ?? 0) + 1;
  switch (code) {
    case 'enough':
      return t(`circuits.why.enough.${bound ?? 'connector'}`);
    case 'too-small':
      return t(`circuits.why.too-small.${bound === 'cable' ? 'cable' : 'connector'}`);
    case 'shared':
      return t('circuits.why.shared', { cars: cars ?? 1, phase, circuit });
    case 'guaranteed':
      return t('circuits.why.guaranteed', { phase, circuit });
    case 'waits':
      return t('circuits.why.waits', { phase, circuit, place: place ?? 1 });
    case 'idle':
    case 'fixed':
      return t(`circuits.why.${code}`);
    default:
      return code satisfies never;
  }
}
