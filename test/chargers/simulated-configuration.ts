import { commonName } from '#libs/ocpp/standard-variables.js';

import { SimulatedLocalList } from './simulated-local-list.js';
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
  AllowOfflineTxForUnknownId: 'false',
  LocalAuthListEnabled: 'false',
  LocalAuthListMaxLength: '500',
  LocalAuthorizeOffline: 'true',
  LocalPreAuthorize: 'true',
  SendLocalListMaxLength: '20',
  StopTransactionOnInvalidId: 'true',
  TransactionMessageAttempts: '3',
  TransactionMessageRetryInterval: '60',
};

/** What stations of 2.x have besides. */
const DEFAULTS_2X: Readonly<Record<string, string>> = {
  'AlignedDataCtrlr.Enabled': 'true',
  'AlignedDataCtrlr.SendDuringIdle': 'true',
  'AlignedDataCtrlr.TxEndedInterval': '0',
  'SampledDataCtrlr.Enabled': 'true',
  'SampledDataCtrlr.TxStartedMeasurands': '',
};

/** The configuration of a simulated charger: what it is asked, it answers as a real one would. */
export class SimulatedConfiguration {
  readonly values: Map<string, string>;
  readonly profiles = new SimulatedProfiles();
  readonly localList = new SimulatedLocalList();
  readonly #behaviours: Readonly<Record<string, KeyBehaviour>>;
  readonly #is201: boolean;

  constructor(behaviours: Readonly<Record<string, KeyBehaviour>> = {}, is201 = false) {
    this.values = new Map(Object.entries(is201 ? { ...DEFAULTS, ...DEFAULTS_2X } : DEFAULTS));
    this.#behaviours = behaviours;
    this.#is201 = is201;
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
      case 'GetVariables':
        return { getVariableResult: aboutEach(fields['getVariableData'], (name) => this.#variable(name)) };
      case 'SetVariables':
        return {
          setVariableResult: aboutEach(fields['setVariableData'], (name, value) => ({
            attributeStatus: STATUS_201[this.#change(name, value)] ?? 'Rejected',
          })),
        };
      case 'GetLocalListVersion':
        return { [this.#is201 ? 'versionNumber' : 'listVersion']: this.localList.version };
      case 'SendLocalList':
        return { status: this.localList.update(fields) };
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

  /** What the charger does with a card while it cannot ask. */
  startsOffline(idTag: string, at: Date): boolean {
    const is = (key: string): boolean => this.values.get(key) === 'true';
    const known = is('LocalAuthListEnabled') && is('LocalAuthorizeOffline') ? this.localList.judge(idTag, at) : null;
    return known === null ? is('AllowOfflineTxForUnknownId') : known.status === 'Accepted';
  }

  #variable(name: string): Payload {
    const value = this.values.get(name);
    return value === undefined
      ? { attributeStatus: 'UnknownVariable' }
      : { attributeStatus: 'Accepted', attributeValue: value };
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

/** SetVariableStatusEnumType for the words of 1.6. */
const STATUS_201: Readonly<Record<string, string>> = {
  Accepted: 'Accepted',
  NotSupported: 'UnknownVariable',
  RebootRequired: 'RebootRequired',
};

interface Asked {
  readonly component: { readonly name: string };
  readonly variable: { readonly name: string; readonly instance?: string };
  readonly attributeValue?: string;
}

/** The answer of 2.0.1 about each variable, which here has the name of 1.6's key where there is one. */
function aboutEach(asked: unknown, answer: (name: string, value: string) => Payload): Payload[] {
  return (asked as readonly Asked[]).map(({ component, variable, attributeValue = '' }) => {
    const name = commonName({ component: component.name, ...variable });
    return Object.assign({ component, variable }, answer(name, attributeValue));
  });
}
