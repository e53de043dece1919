/** Why a document gets no fiscal identity; a person has to do something first. */
export type FiscalRefusal =
  /** No signing key is configured. */
  | { readonly code: 'FISCAL.NO_KEY' }
  /** Documents were signed with another key of the same version: the chain would break. */
  | { readonly code: 'FISCAL.KEY_CHANGED'; readonly keyVersion: string }
  /** The program is certified and the series has no validation code of the tax authority yet. */
  | { readonly code: 'SERIES.NOT_REGISTERED'; readonly series: string }
  | { readonly code: 'CUSTOMER.NIF_INVALID'; readonly nif: string };
