import type { Command } from '#libs/ocpp/commands.js';

import type { Sql } from '../persistence/database.js';
import { changesLimits } from './changes-limits.js';
import { isSharing } from './share-circuits.js';

export type ProfileRefusal = { readonly code: 'CIRCUITS.SHARED' };

/**
 * Whether a command would set or take away limits that the sharing of current keeps. One that was set beside ours may go
 * before it (OCPP: the higher stack level holds), so that telling ours again would not help: it is refused while current
 * is shared, and that stays so until `trx` ends.
 */
export async function profileRefusal(trx: Sql, chargerId: string, command: Command): Promise<ProfileRefusal | null> {
  return changesLimits(command) && (await isSharing(trx, chargerId)) ? { code: 'CIRCUITS.SHARED' } : null;
}
