import { readFileSync } from 'node:fs';

/** A frame as the charger sent it: `[2, id, action, payload]`. In a payload `"$1"` is the number given to the first Start. */
export type Frame = readonly [2, string, string, Record<string, unknown>];

/** A call as it went over the wire. */
export interface ToldCall {
  readonly id: string;
  readonly action: string;
  readonly payload: unknown;
}

/** What happens between frames. */
export type Deed =
  /** The gateway's clock: what follows is received then. Without any, a moment in November. */
  | { readonly at: string }
  /** From here on another charger speaks. */
  | { readonly as: string }
  | { readonly reconnect: true }
  /** From then on the spot is that customer's. */
  | { readonly holder: string; readonly from: string }
  /** Another charger hangs at the spot since then; staff enter it now. */
  | { readonly swap: string; readonly since: string }
  /** A person disregards the readings with that register. */
  | { readonly disregard: number };

export interface Recording {
  readonly name: string;
  readonly about: string;
  readonly protocol: string;
  /** What the meters counted, Wh, by hand. */
  readonly meterWh: number;
  /** Entries of the charger's clock that come of it, a moment later. */
  readonly clocks: number;
  readonly steps: readonly (Frame | Deed)[];
}

const FOLDER = new URL('played/', import.meta.url);

/** Reads `played/NAME.ndjson`: lines beginning with # say what it is, every other line is a frame or a deed. */
export function readRecording(name: string): Recording {
  const lines = readFileSync(new URL(`${name}.ndjson`, FOLDER), 'utf8').split('\n');
  const about = lines.filter((line) => line.startsWith('#')).map((line) => line.slice(1).trim());
  const told = (key: string) => about.find((line) => line.startsWith(`${key}: `))?.slice(key.length + 2);
  const meterWh = Number.parseInt(told('meter') ?? '', 10);
  if (Number.isNaN(meterWh)) throw new Error(`${name}.ndjson does not say what its meter counted: # meter: 123 Wh`);
  return {
    name,
    about: about.filter((line) => !/^(meter|protocol|clocks): /.test(line)).join(' '),
    protocol: told('protocol') ?? 'ocpp1.6',
    meterWh,
    clocks: Number(told('clocks') ?? '0'),
    steps: lines.filter((line) => /^[[{]/.test(line)).map((line) => JSON.parse(line) as Frame | Deed),
  };
}

/** What must have come of a recording. */
export interface Expectation {
  /** In the order of the calls, in short: `$1 Accepted`, `Accepted`, `{}`. */
  readonly answers: readonly string[];
  /** In the order in which they were begun: from, to, why it ended, flags. */
  readonly transactions: readonly string[];
  /** Open oddities, each code once. */
  readonly oddities: readonly string[];
  /** Wh by month, customer (or nobody), band and price. */
  readonly attributedWh: Readonly<Record<string, number>>;
  readonly unattributedWh: number;
  /** The signed meter values in the stored messages, in the order told. */
  readonly signed: readonly string[];
}

export function readExpectation(name: string): Expectation {
  const told = JSON.parse(readFileSync(new URL(`${name}.expected.json`, FOLDER), 'utf8')) as Partial<Expectation>;
  return { signed: [], ...told } as Expectation;
}
