import type { CircuitData, CircuitEvent, ConnectorFacts, LimitOrder } from '../circuit-records.js';
import { CircuitState } from '../circuit-state.js';
import { combine, NO_CURRENT, onPhases, PHASES, wattsOf, type DeciA, type PerPhase, type Phase } from '../current.js';
import { limitOf, type CircuitFacts } from '../limit-of.js';
import { loadedPhases, wiredPhases, type Conductor } from '../rotation.js';

interface TrueSession {
  readonly id: string;
  readonly uses: readonly Conductor[];
  /** What the car would take if it could. */
  appetiteDeciA: DeciA;
  /** The limit it was told for itself; null: the default holds. */
  limitDeciA: DeciA | null;
}

/** A charger as it really is, whatever we know of it. */
interface TrueCharger {
  readonly facts: ConnectorFacts;
  online: boolean;
  connections: number;
  defaultDeciA: DeciA;
  /** Its default was set once: before that its hardware alone bounds it, and nobody may charge there. */
  isCommissioned: boolean;
  /** It booted, and was not told its default since. */
  hasForgotten: boolean;
  session: TrueSession | null;
}

/** How an order fares: `deaf` carried out and its confirmation lost; `lost` never arrived, and nobody knows. */
export type Fate = 'confirmed' | 'deaf' | 'lost' | 'refused' | 'absent';

interface InFlight {
  readonly order: LimitOrder;
  /** The limits when it was decided. */
  readonly limits: ReadonlyMap<string, DeciA>;
}

/** Chargers, cars and circuits that behave on their own, with a CircuitState that hears of them and gives orders. */
export class SimulatedSite {
  readonly chargers: TrueCharger[];
  readonly breaches: string[] = [];
  state = CircuitState.empty();
  private inFlight: InFlight[] = [];
  private nowMs = 1_000_000;
  private sessions = 0;

  constructor(
    readonly circuits: readonly CircuitFacts[],
    connectors: readonly ConnectorFacts[],
  ) {
    this.chargers = connectors.map((facts) => ({
      facts,
      online: false,
      connections: 0,
      defaultDeciA: facts.maxDeciA,
      isCommissioned: false,
      hasForgotten: false,
      session: null,
    }));
    this.tell({ kind: 'configured', circuits, connectors });
  }

  get clockMs(): number {
    return this.nowMs;
  }

  pass(ms: number): void {
    this.nowMs += ms;
    this.tell({ kind: 'time' });
  }

  connection(index: number, online: boolean): void {
    const charger = this.charger(index);
    charger.online = online;
    if (online) this.connects(charger);
    else this.tell({ kind: 'charger', chargerId: charger.facts.chargerId, online, connectionId: null });
  }

  /** It is away when sharing begins; with a car, that takes what the hardware gives. */
  beginsAway(index: number, uses: readonly Conductor[] | null): void {
    const charger = this.charger(index);
    const { chargerId } = charger.facts;
    this.tell({ kind: 'charger', chargerId, online: false, connectionId: null });
    if (uses === null) return;
    this.sessions += 1;
    charger.session = { id: `s${this.sessions}`, uses, appetiteDeciA: charger.facts.maxDeciA, limitDeciA: null };
    this.report(charger);
  }

  /** Another process would find all of it in what is kept. */
  isKept(): void {
    this.state = CircuitState.asKept(JSON.parse(JSON.stringify(this.state)) as CircuitData);
  }

  /** It boots, forgets what it was told and is back before anybody missed it. */
  powerCycles(index: number): void {
    const charger = this.charger(index);
    if (!charger.online) return;
    charger.defaultDeciA = charger.facts.maxDeciA;
    charger.hasForgotten = true;
    if (charger.session !== null) charger.session.limitDeciA = null;
    this.connects(charger);
  }

  /** Those come back that forgot everything and left before they were told again: away, nobody can know it of them. */
  forgetfulComeBack(): void {
    for (const [index, { online, hasForgotten }] of this.chargers.entries()) {
      if (hasForgotten && !online) this.connection(index, true);
    }
  }

  private connects(charger: TrueCharger): void {
    const { chargerId } = charger.facts;
    charger.connections += 1;
    this.tell({ kind: 'charger', chargerId, online: true, connectionId: `${chargerId} ${charger.connections}` });
    this.report(charger);
  }

  carComes(index: number, uses: readonly Conductor[], appetiteDeciA: DeciA): void {
    const charger = this.charger(index);
    if (charger.session !== null || !charger.isCommissioned) return;
    this.sessions += 1;
    charger.session = { id: `s${this.sessions}`, uses, appetiteDeciA, limitDeciA: null };
    if (charger.online) this.report(charger);
  }

  carGoes(index: number): void {
    const charger = this.charger(index);
    charger.session = null;
    if (charger.online) this.report(charger);
  }

  appetite(index: number, appetiteDeciA: DeciA): void {
    const { session } = this.charger(index);
    if (session !== null) session.appetiteDeciA = appetiteDeciA;
  }

  /** The charger sends what flows, by conductor or in W alone. */
  measures(index: number, tells: 'currents' | 'power' = 'currents'): void {
    const charger = this.charger(index);
    if (!charger.online || charger.session === null) return;
    const takes = taken(charger);
    const { uses } = charger.session;
    const { connector, rotation } = charger.facts;
    if (tells === 'power') {
      const powerW = wattsOf(onPhases(takes, rotation.length === 1 ? [0] : uses));
      this.tell({ kind: 'measured', connector, perConductorDeciA: null, powerW });
      return;
    }
    const flows = (conductor: Conductor): DeciA => (uses.includes(conductor) ? takes : 0);
    const perConductorDeciA = [flows(0), flows(1), flows(2)] as const;
    this.tell({ kind: 'measured', connector, perConductorDeciA, powerW: null });
  }

  /** A root's meter tells the building's load, alone or with what the cars really take; it comes out as told. */
  mainMeter(circuitId: string, buildingDeciA: PerPhase, measures: 'building' | 'everything' = 'building'): PerPhase {
    const cars = measures === 'building' ? NO_CURRENT : this.flowing();
    const perPhaseDeciA = combine(buildingDeciA, cars, (building, taking) => building + taking);
    this.tell({ kind: 'main-meter', circuitId, measures, perPhaseDeciA });
    return perPhaseDeciA;
  }

  private flowing(): PerPhase {
    return this.chargers.reduce<PerPhase>((sum, charger) => {
      const { facts, session } = charger;
      if (session === null) return sum;
      // Whoever has not looked at the wiring does not know it; the current flows on phases all the same.
      const rotation = facts.rotation === 'unknown' ? 'RST' : facts.rotation;
      return combine(sum, onPhases(taken(charger), loadedPhases(rotation, session.uses)), (a, b) => a + b);
    }, NO_CURRENT);
  }

  /** The oldest order fares so. A charger that is away takes nothing. */
  arrives(fate: Fate): boolean {
    const next = this.inFlight.shift();
    if (next === undefined) return false;
    const { order } = next;
    const charger = this.chargers.find(({ facts }) => facts.connector === order.connector);
    const reached = charger?.online === true ? fate : fate === 'absent' ? 'absent' : 'lost';
    if (charger !== undefined && (reached === 'confirmed' || reached === 'deaf')) this.carryOut(charger, next);
    const result = reached === 'deaf' || reached === 'lost' ? 'unknown' : reached;
    const isStale = order.purpose === 'session' && charger?.session?.id !== order.sessionId;
    this.tell({ kind: 'answered', orderId: order.id, result: isStale && result === 'confirmed' ? 'refused' : result });
    return true;
  }

  /** The process ends and another takes over from what was kept; orders on their way still arrive. */
  takeOver(): void {
    const kept = JSON.parse(JSON.stringify(this.state)) as CircuitData;
    for (const one of this.inFlight) {
      const charger = this.chargers.find(({ facts }) => facts.connector === one.order.connector);
      if (charger?.online === true) this.carryOut(charger, one);
    }
    this.inFlight = [];
    this.state = CircuitState.takeOver(kept, this.nowMs);
    this.tell({ kind: 'time' });
  }

  /** Everything arrives, retries included, until nothing is left to say. */
  settle(): void {
    for (let round = 0; round < 40; round += 1) {
      while (this.arrives('confirmed'));
      this.pass(20_000);
    }
  }

  /** What the chargers may do by themselves in the circuit on a phase. */
  carried(circuitId: string, phase: Phase): DeciA {
    return this.sumIn(circuitId, (charger) => could(charger, phase));
  }

  private sumIn(circuitId: string, figure: (charger: TrueCharger) => DeciA): DeciA {
    const above = (id: string): string[] => {
      const parentId = this.circuits.find((one) => one.id === id)?.parentId ?? null;
      return parentId === null ? [id] : [id, ...above(parentId)];
    };
    return this.chargers
      .filter(
        (charger) =>
          (charger.isCommissioned || charger.session !== null) && above(charger.facts.circuitId).includes(circuitId),
      )
      .reduce((sum, charger) => sum + figure(charger), 0);
  }

  /** What nobody can take back there: of chargers that are away all, of the others what they give by themselves. */
  unchangeable(circuitId: string, phase: Phase): DeciA {
    return this.sumIn(circuitId, (charger) => (charger.online ? byItself(charger, phase) : could(charger, phase)));
  }

  /** What cars at chargers that are there may follow. */
  obeying(circuitId: string, phase: Phase): DeciA {
    return this.sumIn(circuitId, (charger) => (charger.online ? bySession(charger, phase) : 0));
  }

  limits(): ReadonlyMap<string, DeciA> {
    const { baseLoads } = this.state.toJSON();
    return new Map(
      this.circuits.flatMap((circuit) => {
        const { limitDeciA } = limitOf(circuit, baseLoads[circuit.id], this.nowMs);
        return PHASES.map((phase) => [`${circuit.id} L${phase + 1}`, limitDeciA[phase]] as const);
      }),
    );
  }

  private carryOut(charger: TrueCharger, { order, limits }: InFlight): void {
    const before = this.allCarried();
    if (order.purpose === 'default') {
      charger.defaultDeciA = order.limitDeciA;
      charger.hasForgotten = false;
    } else if (charger.session?.id === order.sessionId) {
      charger.session.limitDeciA = order.limitDeciA;
    }
    const now = this.limits();
    const wasCommissioned = charger.isCommissioned;
    charger.isCommissioned ||= order.purpose === 'default';
    for (const [line, carriedDeciA] of this.allCarried()) {
      const bound = Math.max(limits.get(line) ?? 0, now.get(line) ?? 0, before.get(line) ?? 0);
      if (wasCommissioned && carriedDeciA > bound) this.breaches.push(`${line}: ${carriedDeciA} of ${bound}`);
    }
  }

  allCarried(): ReadonlyMap<string, DeciA> {
    return new Map(
      this.circuits.flatMap(({ id }) =>
        PHASES.map((phase) => [`${id} L${phase + 1}`, this.carried(id, phase)] as const),
      ),
    );
  }

  private charger(index: number): TrueCharger {
    const charger = this.chargers[index % this.chargers.length];
    if (charger === undefined) throw new Error('a site without chargers');
    return charger;
  }

  private report({ facts, session }: TrueCharger): void {
    const status = session === null ? 'Available' : 'Charging';
    this.tell({ kind: 'connector', connector: facts.connector, status, sessionId: session?.id ?? null });
  }

  private tell(event: DistributedEvent): void {
    this.state.happened({ ...event, atMs: this.nowMs });
    const { orders } = this.state.decide(this.nowMs);
    const limits = this.limits();
    this.inFlight.push(...orders.map((order) => ({ order, limits })));
  }
}

type WithoutTime<T> = T extends { readonly atMs: number } ? Omit<T, 'atMs'> : never;
type DistributedEvent = WithoutTime<CircuitEvent>;

function followed({ session, defaultDeciA }: TrueCharger): DeciA {
  return session === null ? 0 : (session.limitDeciA ?? defaultDeciA);
}

function taken(charger: TrueCharger): DeciA {
  return Math.min(followed(charger), charger.session?.appetiteDeciA ?? 0);
}

/** With the car it has, or with any that comes. */
function could(charger: TrueCharger, phase: Phase): DeciA {
  return Math.max(byItself(charger, phase), bySession(charger, phase));
}

function byItself({ facts, defaultDeciA }: TrueCharger, phase: Phase): DeciA {
  return wiredPhases(facts.rotation).includes(phase) ? defaultDeciA : 0;
}

function bySession(charger: TrueCharger, phase: Phase): DeciA {
  const { facts, session } = charger;
  const loads = session !== null && loadedPhases(facts.rotation, session.uses).includes(phase);
  return loads ? followed(charger) : 0;
}
