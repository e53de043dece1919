import { sql as raw, type RawBuilder } from 'kysely';

import type { TenantScope } from '#libs/identity/permissions.js';

/**
 * A scope as a condition over the columns that name condominium and customer. Where rows belong to no customer
 * (`customer` is null), a resident sees none of them.
 */
export function within(
  scope: TenantScope,
  columns: { readonly condominium: string; readonly customer: string | null },
): RawBuilder<boolean> {
  switch (scope.kind) {
    case 'all':
      return raw<boolean>`true`;
    case 'condominium':
      return raw<boolean>`${raw.ref(columns.condominium)} = ${scope.condominiumId}`;
    case 'customer':
      return columns.customer === null
        ? raw<boolean>`false`
        : raw<boolean>`${raw.ref(columns.customer)} = ${scope.customerId}`;
    default:
      return scope satisfies never;
  }
}
