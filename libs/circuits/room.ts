import type { Bottleneck, Car, CircuitLimit } from './allocate-types.js';
import { pathsOf } from './circuit-tree.js';
import { PHASES, type DeciA, type PerPhase, type Phase } from './current.js';
import { loadedPhases, wiredPhases } from './rotation.js';

interface Line {
  readonly circuitId: string;
  readonly phase: Phase;
  readonly limitDeciA: DeciA;
  usedDeciA: DeciA;
}

/**
 * What is left in each circuit on each phase. A car counts in its circuit and in all above it, with its limit or what is
 * reserved for its charger, whichever is more. Throws when a circuit is missing, or hangs under itself.
 */
export class Room {
  private readonly lines = new Map<string, readonly Line[]>();
  private readonly paths: ReadonlyMap<string, readonly string[]>;
  private readonly loads = new Map<Car, readonly Line[]>();

  constructor(circuits: readonly CircuitLimit[], cars: readonly Car[]) {
    for (const { id, limitDeciA } of circuits) {
      this.lines.set(
        id,
        PHASES.map((phase) => ({ circuitId: id, phase, limitDeciA: limitDeciA[phase], usedDeciA: 0 })),
      );
    }
    this.paths = pathsOf(circuits);
    for (const car of cars) {
      for (const line of this.linesOf(car, wiredPhases(car.rotation))) line.usedDeciA += car.reservedDeciA;
      this.loads.set(car, this.linesOf(car, loadedPhases(car.rotation, car.uses)));
    }
  }

  /** The lines a car loads, from its own circuit up. */
  linesBehind(car: Car): readonly Line[] {
    return this.loads.get(car) ?? [];
  }

  /**
   * Whether the car may go from one limit to the other. What is reserved for it is its already, but where a line carries
   * more than it may nobody is given more of it.
   */
  fits(car: Car, from: DeciA, to: DeciA): boolean {
    const extra = Math.max(0, this.extra(car, from, to));
    return to <= from || this.linesBehind(car).every((line) => leftIn(line) >= extra);
  }

  /** Counts the car at another limit, whether it fits or not. */
  move(car: Car, from: DeciA, to: DeciA): void {
    const extra = this.extra(car, from, to);
    for (const line of this.linesBehind(car)) line.usedDeciA += extra;
  }

  /** The line with the least left among those the car loads; of equal ones the nearest to it. */
  bottleneck(car: Car): Bottleneck {
    const [first, ...others] = this.linesBehind(car);
    if (first === undefined) throw new Error(`${car.connector} loads no circuit`);
    const tightest = others.reduce((least, line) => (leftIn(line) < leftIn(least) ? line : least), first);
    return { circuitId: tightest.circuitId, phase: tightest.phase };
  }

  /** Whether no line that the car's charger is wired to carries more than it may. */
  bears(car: Car): boolean {
    return this.linesOf(car, wiredPhases(car.rotation)).every((line) => leftIn(line) >= 0);
  }

  /** How much a circuit carries on each phase with what was counted so far. */
  usedIn(circuitId: string): PerPhase {
    const used = (phase: Phase): DeciA => this.lines.get(circuitId)?.[phase]?.usedDeciA ?? 0;
    return [used(0), used(1), used(2)];
  }

  extra(car: Car, from: DeciA, to: DeciA): DeciA {
    return Math.max(to, car.reservedDeciA) - Math.max(from, car.reservedDeciA);
  }

  private linesOf(car: Car, phases: readonly Phase[]): Line[] {
    const path = this.paths.get(car.circuitId);
    if (path === undefined) throw new Error(`${car.connector} hangs in circuit ${car.circuitId}, which does not exist`);
    return path.flatMap((id) => phases.flatMap((phase) => this.lines.get(id)?.[phase] ?? []));
  }
}

export type { Line };

export function leftIn(line: Line): DeciA {
  return line.limitDeciA - line.usedDeciA;
}

/** The circuit and those above it, upwards. */
