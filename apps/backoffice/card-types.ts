import { z } from 'zod';

import { LIST_STATES } from '#libs/commands/local-list/list-states.js';
import { OFFLINE_RULES } from '#libs/commands/provisioning-plan.js';
import { TOKEN_KINDS } from '#libs/registry/token-kinds.js';

import { count, day, instant, pageOf } from './api-values.js';

/** What a card is worth now, wherever it is shown: the first that keeps it from a session. */
export const CARD_STATES = ['good', 'blocked', 'suspended', 'expired', 'early', 'no-credit'] as const;

/** A card: what begins a session, whatever it is made of. */
export const cardSchema = z.object({
  tokenId: z.uuid(),
  installationId: z.string(),
  idTag: z.string(),
  kind: z.enum(TOKEN_KINDS),
  state: z.enum(CARD_STATES),
  customer: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Cards of one group may end each other's sessions. */
  groupTag: z.string().nullable(),
  validFrom: instant.nullable(),
  expiresAt: instant.nullable(),
  /** Where it is good; none: everywhere in its installation. */
  spots: z.array(z.object({ id: z.uuid(), name: z.string() })),
  /** By staff; null while it is not blocked, or was blocked before reasons were kept. */
  block: z.object({ reason: z.string(), by: z.string(), at: instant }).nullable(),
  timeZone: z.string(),
});
export const cardPageSchema = pageOf(cardSchema);

/** An instant, or a local day of the installation: from its beginning, or to its end. */
const dayOrInstant = z.union([day, instant]);

const terms = {
  kind: z.enum(TOKEN_KINDS).default('rfid'),
  customerId: z.string().min(1).max(200).nullable().default(null),
  /** 1.6 knows no longer one than 20 characters. */
  groupTag: z.string().trim().min(1).max(20).nullable().default(null),
  validFrom: dayOrInstant.nullable().default(null),
  expiresAt: dayOrInstant.nullable().default(null),
  spotIds: z.array(z.uuid()).max(200).default([]),
};
export const addCardSchema = z.strictObject({ idTag: z.string().trim().min(1).max(36), ...terms });
/** All of its terms: what is left out is as for a new card. */
export const changeCardSchema = z.strictObject(terms);
export const cardReasonSchema = z.strictObject({ reason: z.string().trim().min(1).max(500) });

/** What chargers of an installation do with a card that nobody knows while they cannot ask. */
export const offlineRuleSchema = z.strictObject({ unknownWhenOffline: z.enum(OFFLINE_RULES) });

/** The list of cards that a charger keeps for the time it cannot ask. */
export const localListSchema = z.object({
  state: z.enum(LIST_STATES),
  /** Of the list it holds; null while it has not said. */
  version: z.int().nullable(),
  entries: count,
  /** Cards for which it has no room. */
  leftOut: count,
  /** What it takes; null: it does not say. */
  mostEntries: z.int().nullable(),
  sentAt: instant.nullable(),
  inStepAt: instant.nullable(),
  /** What came of the last that failed. */
  problem: z.string().nullable(),
});
/** Null: it has never been connected since lists are kept. */
export const chargerListSchema = z.object({ list: localListSchema.nullable() });

export type CardState = (typeof CARD_STATES)[number];
export type Card = z.infer<typeof cardSchema>;
export type AddCard = z.infer<typeof addCardSchema>;
export type ChangeCard = z.infer<typeof changeCardSchema>;
export type OfflineRuleSetting = z.infer<typeof offlineRuleSchema>;
export type LocalList = z.infer<typeof localListSchema>;
export type ChargerList = z.infer<typeof chargerListSchema>;
