import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';

import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';

import { GroupCommit } from '#libs/metering/group-commit.js';
import { forgetSilentChargers, LiveState } from '#libs/metering/live-state.js';
import { CentralSystem, type ChargerCall, type Guest } from '#libs/ocpp/central-system.js';
import type { Handshake, RefusalReason } from '#libs/ocpp/handshake.js';
import type { Answer } from '#libs/ocpp/messages.js';
import { isKnownAction } from '#libs/ocpp/parsers.js';
import { openDatabase, type Database, type Sql } from '#libs/persistence/database.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { trustedRoots } from '#libs/security/ca/authority.js';

import { Admission } from './admission.js';
import { CertifiedSessions } from './certified-sessions.js';
import { ClockBook } from './clock-book.js';
import { GatewayCommands } from './commands/gateway-commands.js';
import { FrameBook } from './frame-book.js';
import { GuestDesk } from './guest-desk.js';
import { LOG, type Logger } from './log.js';
import { MalformedBook } from './malformed-book.js';
import { GatewayMetrics } from './metrics.js';
import { answerProbe } from './probes.js';
import { addressesOf, SETTINGS, type GatewaySettings } from './settings.js';
import { StrangerBook } from './stranger-book.js';
import { TlsPort } from './tls-port.js';
import { withVerdict } from './with-verdict.js';

/** How often a silent but living socket counts as seen; three misses and anybody may call the charger offline. */
const ALIVE_MS = 30_000;
const SILENT_MS = 3 * ALIVE_MS;
/** Two lanes of group commits, the live state, the hand-shakes and the probes. */
const POOL_SIZE = 8;
/** As long as a message waits for a database that is away. */
const DATABASE_SILENCE_MS = 10_000;

/** Holds the chargers' sockets: each call is committed, then answered. */
@Injectable()
export class GatewayService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private database: Database | undefined;
  private server: Server | undefined;
  private central: CentralSystem | undefined;
  private live: LiveState | undefined;
  private commits: GroupCommit | undefined;
  private strangers: StrangerBook | undefined;
  private malformed: MalformedBook | undefined;
  private clocks: ClockBook | undefined;
  private frames: FrameBook | undefined;
  private commands: GatewayCommands | undefined;
  private aliveTimer: NodeJS.Timeout | undefined;
  private isClosing = false;
  private admission: Admission | undefined;
  private guests: GuestDesk | undefined;
  private tls: TlsPort | undefined;
  private readonly certified = new CertifiedSessions();
  /** Installation of each charger that has connected since the start. */
  private readonly installations = new Map<string, string>();

  constructor(
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
    @Inject(LOG) private readonly log: Logger,
    @Inject(GatewayMetrics) private readonly metrics: GatewayMetrics,
  ) {}

  /** The port in use. */
  get port(): number {
    const address = this.server?.address();
    if (typeof address !== 'object' || address === null) throw new Error('the gateway does not listen');
    return address.port;
  }

  /** The encrypted port in use; null when there is none. */
  get tlsPort(): number | null {
    const address = this.tls?.server.address();
    return typeof address === 'object' && address !== null ? address.port : null;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { databaseUrl, gatewayId = randomUUID(), databaseSilenceMs: silenceMs = DATABASE_SILENCE_MS } = this.settings;
    const database = await openDatabase({ url: databaseUrl, poolSize: POOL_SIZE, silenceMs });
    this.database = database;
    const { sql } = database;
    const onError = (error: unknown): void => this.log.error({ err: error }, 'not written, kept for the next time');
    this.admission = new Admission(sql, () => this.now());
    const guests = new GuestDesk(sql, () => this.central, onError);
    this.guests = guests;
    this.live = new LiveState(sql, { onError, gateway: gatewayId });
    this.strangers = new StrangerBook(sql, onError);
    this.malformed = new MalformedBook(sql, onError);
    this.frames = new FrameBook(sql, { onError });
    this.clocks = new ClockBook(sql, {
      onError,
      onRecorded: (charger) => this.log.warn({ charger }, 'its clock was seen to go otherwise'),
    });
    this.commits = new GroupCommit(sql, {
      onBatch: (size) => this.metrics.batchSize.observe(size),
      ...(this.settings.commitPatienceMs === undefined ? {} : { patienceMs: this.settings.commitPatienceMs }),
    });
    const probes: RequestListener = (request, response) =>
      answerProbe(request, response, { db: sql, metrics: this.metrics, isClosing: this.isClosing });
    const server = createServer({ noDelay: true }, probes);
    this.server = server;
    this.central = new CentralSystem(server, {
      isTlsProxy: addressesOf(this.settings.tlsProxies ?? []),
      authenticate: (handshake) => this.authenticate(handshake),
      onCall: (call) => this.record(call),
      onGuestCall: (guestId, call) => guests.answer(guestId, call),
      onConnected: (chargerId) => this.connection(chargerId, true),
      onDisconnected: (chargerId) => this.connection(chargerId, false),
      onOpened: (connection) => this.commands?.opened(connection),
      onClosed: (connection) => this.commands?.closed(connection),
      onRefused: (identity, reason) => this.refused(identity, reason),
      onMalformed: (chargerId, action, error, text) => this.wasMalformed(chargerId, action, error, text),
      onAsked: (asked) => this.frames?.asked(asked),
      onSlowed: (chargerId) => this.slowed(chargerId),
      ...(this.settings.frames === undefined ? {} : { frames: this.settings.frames }),
      onFault: (chargerId, error) => this.log.error({ charger: chargerId, err: error }, 'could not serve a charger'),
    });
    const { temporal = null, callTimeoutMs, secret } = this.settings;
    this.commands = new GatewayCommands({
      sql,
      databaseUrl,
      central: this.central,
      gatewayId,
      temporal,
      vault: secret === undefined ? null : commandVault(secret),
      ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }),
      log: this.log,
    });
    await this.commands.start();
    guests.start();
    await listen(server, this.settings);
    if (this.settings.tls) {
      this.tls = await TlsPort.open(this.settings.tls, probes, () => trustedRoots(sql, this.now()));
      this.central.attach(this.tls.server);
      await listen(this.tls.server, { host: this.settings.host, port: this.settings.tls.port });
      this.log.info({ host: this.settings.host, port: this.tlsPort }, 'listening for chargers over TLS');
    }
    this.aliveTimer = setInterval(() => void this.keepAlive(), ALIVE_MS);
    this.log.info({ host: this.settings.host, port: this.port }, 'listening for chargers');
  }

  /** Takes no more, answers what was taken, writes the last state, lets go. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isClosing = true;
    clearInterval(this.aliveTimer);
    this.guests?.stop();
    this.server?.close();
    this.tls?.server.close();
    this.commands?.shutdown();
    await this.central?.close();
    await this.commands?.close();
    this.server?.closeAllConnections();
    this.tls?.server.closeAllConnections();
    await this.live?.flush();
    await this.strangers?.flush();
    await this.clocks?.flush();
    await this.frames?.flush();
    await this.database?.close();
    this.log.info('closed');
  }

  private now(): Date {
    return this.settings.now?.() ?? new Date();
  }

  private async authenticate(handshake: Handshake): Promise<'accepted' | RefusalReason | Guest> {
    if (this.admission === undefined) return 'too-busy';
    const judged = await this.admission.judge(handshake);
    if ('refused' in judged) return judged.refused;
    if ('guestId' in judged) return judged;
    this.installations.set(handshake.chargerId, judged.installationId);
    if (judged.certificateId !== null) this.certified.note(judged.certificateId, handshake.chargerId);
    return 'accepted';
  }

  private async record(call: ChargerCall): Promise<Answer> {
    const receivedAt = this.now();
    const endTimer = this.metrics.answerSeconds.startTimer();
    try {
      if (this.commits === undefined) throw new Error('the gateway is not open');
      const result = await this.commits.submit({ ...(await withVerdict(call)), receivedAt });
      if (!result.repeated) this.clocks?.heard({ ...call, receivedAt });
      if (!result.repeated) this.noteBreach(call, result.installationId, receivedAt);
      this.live?.heard(call.chargerId, result.installationId, receivedAt, result.live);
      this.metrics.messages.inc({ action: call.action, outcome: result.repeated ? 'repeated' : 'recorded' });
      for (const code of result.flags) this.metrics.flags.inc({ code });
      if (result.flags.length > 0) {
        this.log.warn({ charger: call.chargerId, action: call.action, flags: result.flags }, 'recorded with oddities');
      }
      if (call.message.kind === 'boot' && result.answer['status'] === 'Accepted') {
        this.commands?.booted(call.chargerId, call.message.firmware);
      }
      return result.answer;
    } catch (error) {
      this.metrics.messages.inc({ action: call.action, outcome: 'failed' });
      throw error;
    } finally {
      endTimer();
    }
  }

  /** What carries energy is flagged with what follows from it; of the rest a person hears here. */
  private noteBreach({ chargerId, action, message, breach }: ChargerCall, installationId: string, at: Date): void {
    if (breach === undefined || 'doubts' in message) return;
    this.metrics.flags.inc({ code: 'not-to-schema' });
    void this.malformed?.mended(chargerId, installationId, action, breach, at);
  }

  private connection(chargerId: string, online: boolean): void {
    this.metrics.connected.set(this.central?.connected.length ?? 0);
    this.live?.connection(chargerId, this.installations.get(chargerId) ?? '', new Date(), online);
    this.log.info({ charger: chargerId }, online ? 'charger connected' : 'charger disconnected');
  }

  private refused(identity: string, reason: RefusalReason): void {
    this.metrics.refusals.inc({ reason });
    this.strangers?.refused(identity, reason, new Date());
    this.log.warn({ chargePoint: identity, reason }, 'connection refused');
  }

  private slowed(chargerId: string): void {
    this.metrics.slowed.inc();
    this.log.debug({ charger: chargerId }, 'frames come faster than they are read');
  }

  private wasMalformed(chargerId: string, named: string | null, error: Error, text?: string): void {
    // A charger may make up names without end: only those of OCPP are counted and told apart.
    const action = named === null || isKnownAction(named) ? named : 'unknown';
    this.metrics.messages.inc({ action: action ?? 'none', outcome: 'malformed' });
    this.log.warn({ charger: chargerId, action, reason: error.message.slice(0, 300) }, 'malformed message');
    if (text !== undefined) this.frames?.malformed(chargerId, action, error, text, new Date());
    const installationId = this.installations.get(chargerId);
    if (installationId !== undefined) {
      void this.malformed?.note(chargerId, installationId, action, error, new Date());
    }
  }

  private dropRevoked(sql: Sql): Promise<void> {
    return this.certified.dropRevoked(sql, (chargerId) => {
      const isHere = (this.central?.connection(chargerId) ?? null) !== null;
      this.central?.drop(chargerId);
      return isHere;
    });
  }

  private async keepAlive(): Promise<void> {
    const now = new Date();
    for (const chargerId of this.central?.connected ?? []) {
      this.live?.alive(chargerId, this.installations.get(chargerId) ?? '', now);
    }
    const renewed = this.tls?.renew() ?? Promise.resolve(false);
    renewed.then(
      (isNew) => isNew && this.log.info('a renewed certificate is in use'),
      (error: unknown) =>
        this.log.error({ err: error }, 'the certificate could not be renewed; the one of before stays'),
    );
    try {
      await this.live?.flush();
      if (this.database !== undefined) {
        const silentSince = new Date(now.getTime() - SILENT_MS);
        await forgetSilentChargers(this.database.sql, silentSince);
        await this.commands?.keepAlive(silentSince);
        await this.dropRevoked(this.database.sql);
      }
    } catch (error) {
      this.log.error({ err: error }, 'silent chargers were not looked after');
    }
  }
}

function listen(server: Server | SecureServer, { host, port }: Pick<GatewaySettings, 'host' | 'port'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
