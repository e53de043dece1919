import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import { openPasswords, type OpenPassword } from '#libs/security/charger-passwords.js';
import { securityEvents } from '#libs/security/security-events.js';

import type { ChargerSecurity, InstallationSecurity } from './api-types.js';
import { within } from './scope-sql.js';

export async function chargerSecurity(sql: Sql, scope: TenantScope, id: string): Promise<ChargerSecurity | null> {
  const row = await sql
    .selectFrom('charger')
    .innerJoin('installation', 'installation.id', 'charger.installation_id')
    .select(['charger.label', 'charger.security_profile', 'charger.wanted_profile', 'charger.password_is_shared'])
    .select('installation.allow_unsecured')
    .select((eb) =>
      eb
        .selectFrom('charger_password as given')
        .select((inner) => inner.fn.max('given.seen_at').as('seen_at'))
        .whereRef('given.charger_id', '=', 'charger.id')
        .as('seen_at'),
    )
    .where('charger.id', '=', id)
    .where(within(scope, { condominium: 'installation.condominium_id', customer: null }))
    .executeTakeFirst();
  if (row === undefined) return null;
  const open = (await openPasswords(sql, id)).at(-1);
  const events = await securityEvents(sql, id, row.label);
  return {
    chargerId: id,
    profile: row.security_profile,
    wantedProfile: row.wanted_profile,
    allowUnsecured: row.allow_unsecured,
    password: {
      state: open === undefined ? 'none' : stateOf(open),
      askedAt: open?.askedAt.toISOString() ?? null,
      lastSeenAt: row.seen_at?.toISOString() ?? null,
      isShared: row.password_is_shared,
    },
    events: events.map(({ source, code, at, times, detail }) => {
      return { source, code, at: at.toISOString(), times, detail };
    }),
  };
}

function stateOf({ bringing }: OpenPassword): ChargerSecurity['password']['state'] {
  if (bringing === null) return 'by-hand';
  if (bringing.state === 'waiting' || bringing.state === 'sent') return 'under-way';
  return bringing.state === 'answered' ? 'accepted' : 'unanswered';
}

export async function installationSecurity(
  sql: Sql,
  scope: TenantScope,
  id: string,
): Promise<InstallationSecurity | null> {
  const row = await sql
    .selectFrom('installation')
    .select(['id', 'allow_unsecured'])
    .where('id', '=', id)
    .where(within(scope, { condominium: 'installation.condominium_id', customer: null }))
    .executeTakeFirst();
  return row === undefined ? null : { installationId: row.id, allowUnsecured: row.allow_unsecured };
}

export async function installationOfCandidate(sql: Sql, scope: TenantScope, id: string): Promise<string | null> {
  const row = await sql
    .selectFrom('enrolment_candidate')
    .innerJoin('installation', 'installation.id', 'enrolment_candidate.installation_id')
    .select('installation.id')
    .where('enrolment_candidate.id', '=', id)
    .where(within(scope, { condominium: 'installation.condominium_id', customer: null }))
    .executeTakeFirst();
  return row?.id ?? null;
}
