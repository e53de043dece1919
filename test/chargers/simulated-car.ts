import type { SimulatedCharger } from './simulated-charger.js';

export interface CarOptions {
  readonly connectorId: number;
  readonly idTag: string;
  /** What its own charger takes, in A on each phase. */
  readonly mostA: number;
  readonly phases: 1 | 2 | 3;
  readonly meterWh: number;
  readonly at: Date;
}

const VOLT = 230;
/** IEC 61851-1: below it a car pauses. */
const LEAST_A = 6;
const MINUTE_MS = 60_000;

/** A car at a simulated charger of 1.6: it takes what the charging profiles allow and it can, and its meter says so. */
export class SimulatedCar {
  #wh: number;
  #at: Date;

  private constructor(
    private readonly charger: SimulatedCharger,
    private readonly options: CarOptions,
    readonly transactionId: number,
  ) {
    this.#wh = options.meterWh;
    this.#at = options.at;
  }

  /** Plugs in and begins a session. */
  static async plugIn(charger: SimulatedCharger, options: CarOptions): Promise<SimulatedCar> {
    const { connectorId, idTag, meterWh: meterStartWh, at } = options;
    const { transactionId } = await charger.start({ connectorId, idTag, meterStartWh, at });
    await charger.status(connectorId, 'Charging', 'NoError', at);
    return new SimulatedCar(charger, options, transactionId);
  }

  /** What it takes now; 0 while less than 6 A is allowed. */
  get powerW(): number {
    const { connectorId, mostA, phases } = this.options;
    const allowedA = Math.min(mostA, this.charger.configuration.profiles.allowedA(connectorId));
    return allowedA < LEAST_A ? 0 : Math.floor(allowedA * VOLT * phases);
  }

  /** Charges so many minutes by the limit of now, and tells what the meter says then. */
  async charge(minutes: number): Promise<void> {
    const { connectorId } = this.options;
    const { powerW, transactionId } = this;
    this.#wh += Math.floor((powerW * minutes) / 60);
    this.#at = new Date(this.#at.getTime() + minutes * MINUTE_MS);
    const sample = { at: this.#at, wh: this.#wh, powerW, context: 'Sample.Periodic' };
    await this.charger.meterValues({ connectorId, transactionId, samples: [sample] });
  }

  /** Unplugs: the session ends by what the meter says. */
  async unplug(): Promise<void> {
    const { transactionId } = this;
    await this.charger.stop({ transactionId, meterStopWh: this.#wh, at: this.#at, reason: 'EVDisconnected' });
    await this.charger.status(this.options.connectorId, 'Available', 'NoError', this.#at);
  }
}
