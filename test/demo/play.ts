import { playSessions, tell, type Session } from '../chargers/play-sessions.js';
import { SimulatedCharger } from '../chargers/simulated-charger.js';
import type { PlayedSession } from './sessions.js';
import type { DemoSpot, DemoWorld } from './world.js';

/** What each charger was allowed to draw: three phases of 16 A would be 11 kW; these share a circuit. */
const OFFERED_W = 7_400;

export interface PlayedJune {
  readonly chargers: readonly SimulatedCharger[];
  /** Brings the late charger back: what it kept over midnight is delivered. */
  deliverLate(): Promise<void>;
  close(): Promise<void>;
}

export interface PlayOptions {
  readonly ocppUrl: string;
  /** Told after each session; `done` of `total`. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Told once, when the first frame leaves. */
  readonly onFirstFrame?: () => void;
}

const withOffer = (session: PlayedSession): Session => ({ ...session, offeredW: OFFERED_W });

/** The session that the late charger was in when it lost its network. */
function splitLate(spot: DemoSpot): { before: readonly PlayedSession[]; late: PlayedSession | null } {
  const { offlineFrom } = spot;
  if (offlineFrom === null) return { before: spot.sessions, late: null };
  const late = spot.sessions.find((session) => (session.readings.at(-1)?.at ?? offlineFrom) > offlineFrom);
  return { before: spot.sessions.filter((session) => session !== late), late: late ?? null };
}

/** Plays up to the loss of the network; answers what remains to be told afterwards. */
async function playUntilOffline(
  charger: SimulatedCharger,
  session: PlayedSession,
  offlineFrom: Date,
): Promise<() => Promise<void>> {
  const heard = session.readings.filter((reading) => reading.at <= offlineFrom);
  const kept = session.readings.filter((reading) => reading.at > offlineFrom);
  const running: Session = { ...withOffer(session), readings: heard, stops: false };
  const [started] = await playSessions(charger, [running]);
  if (started === undefined) throw new Error('the late session did not start');
  await charger.goOffline();
  return async () => {
    const last = kept.at(-1);
    if (last === undefined) throw new Error('the late charger kept nothing');
    const whole = withOffer(session);
    const told = kept.slice(0, -1).map((reading) => tell(charger, whole, started.transactionId, reading));
    const { transactionId } = started;
    const stopped = charger.stop({ transactionId, meterStopWh: last.wh, at: last.at, idTag: session.idTag });
    const available = charger.status(session.connectorId, 'Available', 'NoError', last.at);
    await charger.deliver();
    await Promise.all([...told, stopped, available]);
  };
}

/**
 * Plays June of every charger over WebSockets, all at once, each with its own timestamps and as fast as it goes. The
 * chargers stay connected; the late one stays offline until `deliverLate()`.
 */
export async function playJune(world: DemoWorld, options: PlayOptions): Promise<PlayedJune> {
  const total = world.spots.reduce((sum, spot) => sum + spot.sessions.length, 0);
  let done = 0;
  const step = (): void => options.onProgress?.((done += 1), total);
  const chargers: SimulatedCharger[] = [];
  let deliver: () => Promise<void> = async () => undefined;
  options.onFirstFrame?.();
  await Promise.all(
    world.spots.map(async (spot) => {
      const charger = new SimulatedCharger({
        url: options.ocppUrl,
        chargePointId: spot.label,
        password: spot.password,
        vendor: 'Zaptec',
        model: spot.model,
      });
      chargers.push(charger);
      await charger.connect();
      await charger.boot();
      await charger.status(1, 'Available');
      const { before, late } = splitLate(spot);
      for (const session of before) {
        await playSessions(charger, [withOffer(session)]);
        step();
      }
      if (late !== null && spot.offlineFrom !== null) {
        deliver = await playUntilOffline(charger, late, spot.offlineFrom);
        step();
      }
    }),
  );
  return {
    chargers,
    deliverLate: () => deliver(),
    close: async () => {
      await Promise.all(chargers.map((charger) => charger.close()));
    },
  };
}

/** Some cars that charge right now, so that the car park's page shows a living place. They stop with `close()`. */
export async function chargeNow(world: DemoWorld, june: PlayedJune, spots: readonly string[]): Promise<void> {
  await Promise.all(
    spots.map(async (name, index) => {
      const spot = world.spots.find((candidate) => candidate.name === name);
      const charger = june.chargers.find((candidate) => candidate.chargePointId === spot?.label);
      const last = spot?.sessions.at(-1);
      if (spot === undefined || charger === undefined || last === undefined) throw new Error(`no spot ${name}`);
      const fromWh = last.readings.at(-1)?.wh ?? 0;
      const now = Date.now();
      const powerW = [2_400, 3_680, 6_900][index % 3] ?? 2_400;
      const readings = [30, 15, 0].map((minutes, at) => ({
        at: new Date(now - minutes * 60_000),
        wh: fromWh + Math.round((powerW * at) / 4),
      }));
      await playSessions(charger, [
        {
          idTag: last.idTag,
          connectorId: 1,
          readings,
          offeredW: 4_600 * (index === 0 ? 1 : 1.6),
          powerW,
          stops: false,
        },
      ]);
    }),
  );
}
