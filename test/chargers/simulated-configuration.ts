import { SimulatedProfiles } from './simulated-profiles.js';

type Payload = Record<string, unknown>;

/** How a charger takes a key: as it should, or as many real ones do. */
export type KeyBehaviour = 'accepts' | 'rejects' | 'needs-reboot' | 'does-not-know' | 'read-only' | 'rejects-export';

const DEFAULTS: Readonly<Record<string, string>> = {
  ClockAlignedDataInterval: '0',
  MeterValuesAlignedData: 'Energy.Active.Import.Register',
  StopTxnAlignedData: '',
  MeterValuesSampledData: 'Energy.Active.Import.Register',
  StopTxnSampledData: '',
  MeterValueSampleInterval: '0',
  HeartbeatInterval: '86400',
};

/** The configuration of a simulated charger: what it is asked, it answers as a real one would. */
export class SimulatedConfiguration {
  readonly values = new Map(Object.entries(DEFAULTS));
  readonly profiles = new SimulatedProfiles();
  readonly #behaviours: Readonly<Record<string, KeyBehaviour>>;

  constructor(behaviours: Readonly<Record<string, KeyBehaviour>> = {}) {
    this.#behaviours = behaviours;
    for (const [key, behaviour] of Object.entries(behaviours))
      if (behaviour === 'does-not-know') this.values.delete(key);
  }

  /** The answer to a call of the central system. */
  answer(action: string, payload: unknown): Payload {
    const fields = payload as Payload;
    switch (action) {
      case 'ChangeConfiguration':
        return { status: this.#change(String(fields['key']), String(fields['value'])) };
      case 'GetConfiguration':
        return this.#read(fields['key'] as readonly string[] | undefined);
      case 'GetLocalListVersion':
        return { listVersion: 0 };
      case 'SetChargingProfile':
        return { status: this.profiles.set(fields) };
      case 'ClearChargingProfile':
        return { status: this.profiles.clear(fields) };
      case 'UnlockConnector':
        return { status: 'NotSupported' };
      case 'UpdateFirmware':
      case 'GetDiagnostics':
        return {};
      default:
        return { status: 'Accepted' };
    }
  }

  #change(key: string, value: string): string {
    const behaviour = this.#behaviours[key] ?? 'accepts';
    if (!this.values.has(key)) return 'NotSupported';
    if (behaviour === 'rejects' || behaviour === 'read-only') return 'Rejected';
    if (behaviour === 'rejects-export' && value.includes('Export')) return 'Rejected';
    if (behaviour === 'needs-reboot') return 'RebootRequired';
    this.values.set(key, value);
    return 'Accepted';
  }

  #read(keys: readonly string[] = [...this.values.keys()]): Payload {
    const known = keys.filter((key) => this.values.has(key));
    return {
      configurationKey: known.map((key) => ({
        key,
        readonly: this.#behaviours[key] === 'read-only',
        value: this.values.get(key) ?? '',
      })),
      unknownKey: keys.filter((key) => !this.values.has(key)),
    };
  }
}
