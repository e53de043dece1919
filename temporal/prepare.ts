import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

import { SEARCH_ATTRIBUTES } from '#workflows/visibility.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const TYPES = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
} as const;

/**
 * Registers the search attributes the workflows set; what is there already stays.
 * @returns the names that were added
 */
export async function prepareNamespace(client: Client): Promise<string[]> {
  const { namespace } = client.options;
  const operator = client.connection.operatorService;
  const { customAttributes } = await operator.listSearchAttributes({ namespace });
  const missing = Object.values(SEARCH_ATTRIBUTES).filter(({ name }) => !(name in customAttributes));
  if (missing.length > 0) await addSearchAttributes(client, missing);
  return missing.map(({ name }) => name);
}

type Keys = readonly (typeof SEARCH_ATTRIBUTES)[keyof typeof SEARCH_ATTRIBUTES][];

/** Registers without asking what is there: for an empty server, such as the time-skipping one, which cannot be asked. */
export async function addSearchAttributes(
  client: Client,
  keys: Keys = Object.values(SEARCH_ATTRIBUTES),
): Promise<void> {
  const { namespace } = client.options;
  const searchAttributes = Object.fromEntries(keys.map(({ name, type }) => [name, TYPES[type]]));
  await client.connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
}
