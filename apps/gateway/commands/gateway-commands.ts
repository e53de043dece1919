import {
  CONNECTION_CHANNEL,
  forgetDeadConnections,
  keepConnections,
  lostToOthers,
  type ConnectionNotice,
} from '#libs/commands/connections.js';
import { wantProvisioning } from '#libs/commands/provision-charger.js';
import type { CentralSystem, OpenConnection } from '#libs/ocpp/central-system.js';
import type { Sql } from '#libs/persistence/database.js';
import { NoticeListener } from '#libs/persistence/notice-listener.js';
import type { SecretVault } from '#libs/persistence/secret-vault.js';

import type { Logger } from '../log.js';
import { CommandDelivery } from './command-delivery.js';
import type { CommandHost } from './command-host.js';
import { ConnectionBook } from './connection-book.js';

export interface GatewayCommandsOptions {
  readonly sql: Sql;
  readonly databaseUrl: string;
  readonly central: CentralSystem;
  readonly gatewayId: string;
  /** Where Temporal is; null: no commands, the gateway only takes messages. */
  readonly temporal: Readonly<Record<string, string | undefined>> | null;
  readonly callTimeoutMs?: number;
  readonly vault: SecretVault | null;
  readonly log: Logger;
}

/** What a gateway process does besides taking messages: its sockets are known to all, and commands reach them. */
export class GatewayCommands {
  private readonly book: ConnectionBook;
  private readonly listener: NoticeListener;
  private readonly delivery: CommandDelivery;
  private host: CommandHost | null = null;

  constructor(private readonly options: GatewayCommandsOptions) {
    const { sql, databaseUrl, central, gatewayId, log, callTimeoutMs, vault } = options;
    this.book = new ConnectionBook(sql, gatewayId, (error) =>
      log.error({ err: error }, 'connections not written, kept for the next time'),
    );
    this.delivery = new CommandDelivery({
      sql,
      central,
      now: () => new Date(),
      vault,
      ...(callTimeoutMs === undefined ? {} : { callTimeoutMs }),
    });
    const listening = {
      onMessage: (text: string) => void this.heard(text),
      onGap: () => void this.dropLost(central.connectionsOpen),
    };
    this.listener = new NoticeListener(databaseUrl, CONNECTION_CHANNEL, listening, log);
  }

  async start(): Promise<void> {
    const { temporal, gatewayId, log } = this.options;
    await this.listener.start();
    if (temporal === null) return;
    const { CommandHost } = await import('./command-host.js'); // the SDK's memory only where it is used
    const deliver = this.delivery.deliver.bind(this.delivery);
    this.host = new CommandHost({ environment: temporal, gatewayId, deliver, log });
    this.host.start();
  }

  opened(connection: OpenConnection): void {
    this.book.opened(connection);
  }

  closed(connection: OpenConnection): void {
    this.book.closed(connection);
  }

  /** It has said what it is: the worker sets it up, some seconds after the answer. What is lost here the next boot brings. */
  booted(chargerId: string, firmware: string | null): void {
    const { sql, temporal, log } = this.options;
    if (temporal === null) return;
    wantProvisioning(sql, { chargerId, firmware, now: new Date() }).catch((error: unknown) =>
      log.error({ charger: chargerId, err: error }, 'not noted for being set up'),
    );
  }

  /** Every half minute: this process's sockets stand where they should, dead processes' do not. */
  async keepAlive(silentSince: Date): Promise<void> {
    const { sql, gatewayId, central } = this.options;
    await this.book.flush();
    await keepConnections(sql, gatewayId, central.connectionsOpen);
    await forgetDeadConnections(sql, silentSince);
  }

  /** Takes no more commands; before the sockets close. */
  shutdown(): void {
    this.host?.shutdown();
  }

  /** After the sockets have closed. */
  async close(): Promise<void> {
    await this.listener.close();
    await this.host?.stopped();
    await this.book.flush();
    this.book.stop();
  }

  /** Another process accepted a charger: an older socket of it here is closed. */
  private async heard(text: string): Promise<void> {
    const { gatewayId, central } = this.options;
    const { charger, gateway } = JSON.parse(text) as ConnectionNotice;
    const connection = gateway === gatewayId ? null : central.connection(charger);
    if (connection !== null) await this.dropLost([connection]);
  }

  private async dropLost(open: readonly OpenConnection[]): Promise<void> {
    const { sql, central, log } = this.options;
    try {
      for (const chargerId of await lostToOthers(sql, open)) {
        if (this.book.isPending(chargerId)) continue; // ours may be the newer one
        log.info({ charger: chargerId }, 'the charger has a newer socket at another gateway');
        central.drop(chargerId);
      }
    } catch (error) {
      log.error({ err: error }, 'could not look who has the newer socket');
    }
  }
}
