import { randomUUID } from 'node:crypto';

import { SimulatedCharger, type Payload, type SimulatedChargerOptions } from './simulated-charger.js';

export interface StationSample {
  readonly at: string;
  /** Import register in Wh, as a JSON number. */
  readonly wh?: number;
  readonly exportWh?: number;
  readonly powerW?: number;
  /** Sample.Periodic when not given. */
  readonly context?: string;
}

export interface StationEvent {
  readonly type: 'Started' | 'Updated' | 'Ended';
  readonly ref: string;
  readonly seqNo: number;
  readonly at: string;
  readonly trigger?: string;
  readonly evseId?: number;
  readonly idTag?: string;
  readonly state?: string;
  readonly stoppedReason?: string;
  readonly offline?: boolean;
  readonly samples?: readonly StationSample[];
}

/** A charging station of OCPP 2.0.1: what a SimulatedCharger is for 1.6, with TransactionEvents. */
export class SimulatedStation extends SimulatedCharger {
  constructor(options: SimulatedChargerOptions) {
    super({ protocols: ['ocpp2.0.1'], ...options });
  }

  override boot(): Promise<Payload> {
    const { vendor = 'ChaZeMo', model = 'Simulado 201', firmware = '2.0.0' } = this.options;
    const chargingStation = { vendorName: vendor, model, firmwareVersion: firmware };
    return this.call('BootNotification', { reason: 'PowerUp', chargingStation });
  }

  /** ConnectorStatusEnumType of the EVSE's first connector. */
  connectorStatus(evseId: number, connectorStatus: string, at: string): Promise<Payload> {
    return this.call('StatusNotification', { timestamp: at, connectorStatus, evseId, connectorId: 1 });
  }

  /** AuthorizationStatusEnumType of a card. */
  override async authorize(idTag: string): Promise<string> {
    const answer = await this.call('Authorize', { idToken: { idToken: idTag, type: 'ISO14443' } });
    return tokenStatusOf(answer) ?? '';
  }

  /** Tells an event; the answer's word on the card, if one was told. */
  async event(event: StationEvent, messageId: string = randomUUID()): Promise<string | null> {
    const { profiles } = this.configuration;
    if (event.type === 'Ended') profiles.ends(event.ref);
    if (event.type === 'Started') profiles.charges(event.evseId ?? 1, event.ref);
    return tokenStatusOf(await this.call('TransactionEvent', transactionEvent(event), messageId));
  }
}

/** The payload of a TransactionEvent. */
export function transactionEvent(event: StationEvent): Payload {
  const { type, ref, seqNo, at, trigger = 'ChargingStateChanged', evseId, idTag, state, stoppedReason } = event;
  return {
    eventType: type,
    timestamp: at,
    triggerReason: trigger,
    seqNo,
    ...(event.offline === undefined ? {} : { offline: event.offline }),
    transactionInfo: {
      transactionId: ref,
      ...(state === undefined ? {} : { chargingState: state }),
      ...(stoppedReason === undefined ? {} : { stoppedReason }),
    },
    ...(evseId === undefined ? {} : { evse: { id: evseId, connectorId: 1 } }),
    ...(idTag === undefined ? {} : { idToken: { idToken: idTag, type: 'ISO14443' } }),
    ...(event.samples === undefined ? {} : { meterValue: event.samples.map(meterValueOf) }),
  };
}

export function meterValueOf(sample: StationSample): Payload {
  const { at, context = 'Sample.Periodic' } = sample;
  const value = (measurand: string, figure: number | undefined, unit: string): Payload[] =>
    figure === undefined ? [] : [{ value: figure, context, measurand, unitOfMeasure: { unit } }];
  return {
    timestamp: at,
    sampledValue: [
      ...value('Energy.Active.Import.Register', sample.wh, 'Wh'),
      ...value('Energy.Active.Export.Register', sample.exportWh, 'Wh'),
      ...value('Power.Active.Import', sample.powerW, 'W'),
    ],
  };
}

function tokenStatusOf(answer: Payload): string | null {
  const info = answer['idTokenInfo'];
  return typeof info === 'object' && info !== null && 'status' in info ? String(info.status) : null;
}
