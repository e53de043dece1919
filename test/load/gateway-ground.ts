import { readFileSync } from 'node:fs';

import { hashPassword } from '#libs/ocpp/password.js';
import { openDatabase, type Sql } from '#libs/persistence/database.js';
import { FrameSocket } from '#test/chargers/frame-socket.js';
import { startGatewayProcess, type GatewayProcess } from '#test/chargers/gateway-process.js';
import { SimulatedCharger } from '#test/chargers/simulated-charger.js';

const PASSWORD = 'bench-password-of-every-charger';
const AT_ONCE = 50;
const PATIENCE_MS = 300_000;
/** Ticks of /proc/<pid>/stat in a second (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Gateways as processes of their own on one database with so many chargers, which the caller's process plays. */
export class GatewayGround {
  private constructor(
    readonly sql: Sql,
    readonly databaseUrl: string,
    readonly gateways: readonly GatewayProcess[],
    readonly chargers: readonly SimulatedCharger[],
    private readonly urls: readonly string[],
  ) {}

  /** The chargers are shared out evenly; they are not yet connected. */
  static async open(databaseUrl: string, count: number, gatewayCount = 1): Promise<GatewayGround> {
    const database = await openDatabase({ url: databaseUrl, poolSize: 2 });
    const ids = await seed(database.sql, count);
    const gateways = await Promise.all(
      Array.from({ length: gatewayCount }, () => startGatewayProcess({ databaseUrl })),
    );
    const urls = ids.map((_, index) => gateways[index % gatewayCount]?.url ?? '');
    const chargers = ids.map(
      (chargePointId, index) =>
        new SimulatedCharger({ url: urls[index] ?? '', chargePointId, password: PASSWORD, patienceMs: PATIENCE_MS }),
    );
    return new GatewayGround(database.sql, databaseUrl, gateways, chargers, urls);
  }

  /** Those that were given to that gateway. */
  chargersAt(gateway: number): SimulatedCharger[] {
    return this.chargers.filter((_, index) => index % this.gateways.length === gateway);
  }

  async connect(): Promise<void> {
    for (let index = 0; index < this.chargers.length; index += AT_ONCE) {
      await Promise.all(this.chargers.slice(index, index + AT_ONCE).map((charger) => charger.connect()));
    }
  }

  /** The same chargers as bare sockets, which take of the machine as little as can be: the caller's to close. */
  async openSockets(): Promise<FrameSocket[]> {
    const sockets: FrameSocket[] = [];
    for (let index = 0; index < this.chargers.length; index += AT_ONCE) {
      const some = this.chargers.slice(index, index + AT_ONCE).map(({ chargePointId: chargerId }, at) => {
        const url = this.urls[index + at] ?? '';
        return FrameSocket.open({ url, protocol: 'ocpp1.6', chargerId, password: PASSWORD });
      });
      sockets.push(...(await Promise.all(some)));
    }
    return sockets;
  }

  /** CPU seconds of all gateways and of the database's processes so far, and the gateways' memory in bytes. */
  async usage(): Promise<{ gatewaySeconds: number; databaseSeconds: number; bytes: number }> {
    const all = await Promise.all(this.gateways.map((gateway) => gateway.usage()));
    return {
      gatewaySeconds: all.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      databaseSeconds: await this.databaseSeconds(),
      bytes: all.reduce((sum, { residentBytes }) => sum + residentBytes, 0),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.chargers.map((charger) => charger.close()));
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
    await this.sql.destroy();
  }

  /** NaN where the database's processes are not this machine's to see. */
  private async databaseSeconds(): Promise<number> {
    const rows = await this.sql
      .selectFrom('pg_stat_activity' as never)
      .select('pid' as never)
      .execute();
    const ticks = (rows as { pid: number }[]).map(({ pid }) => ticksOf(pid));
    return ticks.reduce((sum, one) => sum + one, 0) / TICKS_PER_SECOND;
  }
}

function ticksOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return Number(fields[11]) + Number(fields[12]); // utime, stime
  } catch {
    return Number.NaN;
  }
}

async function seed(sql: Sql, count: number): Promise<string[]> {
  await sql
    .insertInto('issuer')
    .values({ id: 'bench', name: 'Bench', nif: '500000000', address: '-', postal_code: '-', city: '-', email: '-' })
    .onConflict((clause) => clause.doNothing())
    .execute();
  await sql
    .insertInto('condominium')
    .values({
      id: 'bench',
      name: 'Bench',
      nif: '500000000',
      address: '-',
      postal_code: '-',
      city: '-',
      manager_name: '-',
      manager_email: '-',
    })
    .onConflict((clause) => clause.doNothing())
    .execute();
  await sql
    .insertInto('installation')
    .values({ id: 'bench', condominium_id: 'bench', issuer_id: 'bench', name: 'Bench' })
    .onConflict((clause) => clause.doNothing())
    .execute();
  await sql
    .insertInto('token')
    .values({ installation_id: 'bench', id_tag: 'BENCH' })
    .onConflict((clause) => clause.doNothing())
    .execute();
  const ids = Array.from({ length: count }, (_, index) => `bench-${index}`);
  const known = await sql.selectFrom('charger').where('id', 'in', ids).select('id').execute();
  const added = ids.filter((id) => !known.some((one) => one.id === id));
  // A salt of its own for each, as in life: a gateway that has just begun has to derive every one of them.
  for (let at = 0; at < added.length; at += AT_ONCE) {
    const rows = added.slice(at, at + AT_ONCE).map(async (id) => {
      const passwordHash = await hashPassword(PASSWORD);
      return { id, installation_id: 'bench', label: id, password_hash: passwordHash };
    });
    await sql
      .insertInto('charger')
      .values(await Promise.all(rows))
      .execute();
  }
  return ids;
}
