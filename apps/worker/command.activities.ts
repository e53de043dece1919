import { Inject, Injectable } from '@nestjs/common';

import { lookForCharger, settleLost } from '#libs/commands/command-state.js';
import { closeConnections, forgetUnlessBusy } from '#libs/commands/connections.js';
import { finishProvisioning, nextProvisioningCommand } from '#libs/commands/provision-charger.js';
import type { Sql } from '#libs/persistence/database.js';
import type { CommandNext, CommandRecords } from '#workflows/charger-command/activities.js';
import type { ProvisioningRecords } from '#workflows/charger-provisioning/activities.js';
import type { ChargerProvisioningInput } from '#workflows/charger-provisioning/messages.js';

import { SQL } from './resources.js';

@Injectable()
export class CommandActivitiesService implements CommandRecords, ProvisioningRecords {
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

  async forgetConnection(chargerId: string, connectionId: string, how: 'absent' | 'gone'): Promise<void> {
    if (how === 'absent') await closeConnections(this.#sql, [{ chargerId, connectionId }]);
    else await forgetUnlessBusy(this.#sql, { chargerId, connectionId, now: new Date() });
  }

  nextProvisioningCommand(input: ChargerProvisioningInput): Promise<string | null> {
    return nextProvisioningCommand(this.#sql, { ...input, now: new Date() });
  }

  finishProvisioning(input: ChargerProvisioningInput): Promise<string | null> {
    return finishProvisioning(this.#sql, { ...input, now: new Date() });
  }
}
