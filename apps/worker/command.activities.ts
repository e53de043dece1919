import { Inject, Injectable } from '@nestjs/common';

import { lookForCharger, settleLost } from '#libs/commands/command-state.js';
import { closeConnections } from '#libs/commands/connections.js';
import type { Sql } from '#libs/persistence/database.js';
import type { CommandNext, CommandRecords } from '#workflows/charger-command/activities.js';

import { SQL } from './resources.js';

@Injectable()
export class CommandActivitiesService implements CommandRecords {
  readonly #sql: Sql;

  constructor(@Inject(SQL) sql: Sql) {
    this.#sql = sql;
  }

  lookForCharger(commandId: string, at: string): Promise<CommandNext> {
    return lookForCharger(this.#sql, commandId, new Date(at));
  }

  settleLostCommand(commandId: string): Promise<string> {
    return settleLost(this.#sql, commandId, new Date());
  }

  forgetConnection(chargerId: string, connectionId: string): Promise<void> {
    return closeConnections(this.#sql, [{ chargerId, connectionId }]);
  }
}
