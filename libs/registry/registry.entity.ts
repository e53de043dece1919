import { defineEntity, p } from '@mikro-orm/core';

import type { InstallationPolicy } from './policy.js';

/** Who issues the fiscal documents: the BPO company, or the condominium itself. */
export const Issuer = defineEntity({
  name: 'Issuer',
  tableName: 'issuer',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    nif: p.text(),
    address: p.text(),
    postalCode: p.text(),
    city: p.text(),
    country: p.text().default('PT'),
    email: p.text(),
    iban: p.text().nullable(),
    /** Its documents are dated in this zone, whatever zone the installation is in, so that dates of a series never fall. */
    timeZone: p.text().default('Europe/Lisbon'),
    /** Whether it owes VAT only on what is paid (regime de IVA de caixa); its receipts are RC then, else RG. */
    cashVat: p.boolean().default(false),
    /** Whether it issues simplified invoices, and up to which limit (CIVA art. 40): never, retailer, other */
    simplifiedInvoices: p.text().default('never'),
    /** Where VAT is rounded: `group` once per rate on the sum, `line` once per line. */
    vatRounding: p.text().default('group'),
    /** The payment provider pays out into this issuer's bank account; needed only where there are several issuers. */
    ownsProcessor: p.boolean().default(false),
  },
});

/** The customer of the BPO: owns the common areas and the electricity contract. */
export const Condominium = defineEntity({
  name: 'Condominium',
  tableName: 'condominium',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    nif: p.text(),
    address: p.text(),
    postalCode: p.text(),
    city: p.text(),
    managerName: p.text(),
    managerEmail: p.text(),
    iban: p.text().nullable(),
  },
});

/** One car park behind one supply point (CPE), in one time zone. */
export const Installation = defineEntity({
  name: 'Installation',
  tableName: 'installation',
  properties: {
    id: p.text().primary(),
    condominium: () => p.manyToOne(Condominium).mapToPk(),
    issuer: () => p.manyToOne(Issuer).mapToPk(),
    name: p.text(),
    cpe: p.text().nullable(),
    timeZone: p.text().default('Europe/Lisbon'),
    currency: p.text().default('EUR'),
    language: p.text().default('pt'),
    /** VAT region as in SAF-T (PT, PT-AC, PT-MA) or of another country's VAT data (ES, ES-CN, NO, ...). */
    region: p.text().default('PT'),
    /** ISO 3166 code of the country whose holidays hold. */
    country: p.text().default('PT'),
    /** Name of the municipality whose own holidays hold; null: only the national ones. */
    municipality: p.text().nullable(),
    /** What chargers do with a card that nobody knows while they cannot ask: refuse or accept. */
    unknownWhenOffline: p.text().default('refuse'),
    /** Whether chargers of security profile 0 (no password, no encryption) are let in. */
    allowUnsecured: p.boolean().default(false),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});

/** Effective-dated rules of an installation: delays, limits, arrears stages. The row with the latest validFrom holds. */
export const InstallationPolicyRow = defineEntity({
  name: 'InstallationPolicyRow',
  tableName: 'installation_policy',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    validFrom: p.date(),
    policy: p.json<InstallationPolicy>(),
  },
  uniques: [{ name: 'installation_policy_from_unique', properties: ['installation', 'validFrom'] }],
});

/** A breaker-protected branch; may hang under another. */
export const Circuit = defineEntity({
  name: 'Circuit',
  tableName: 'circuit',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    parentId: p.uuid().nullable(),
    name: p.text(),
    /** Of its breaker, on each phase. */
    maxCurrentA: p.integer(),
    /** Where a main meter is read: what is kept free for the building while the reading is too old; null: no meter. */
    reserveA: p.integer().nullable(),
    readingMaxAgeS: p.integer().default(60),
    position: p.integer().default(0),
  },
  uniques: [{ name: 'circuit_name_unique', properties: ['installation', 'name'] }],
});

/** An apartment or office (fração) with its permillage in hundredths of a per mille. */
export const Unit = defineEntity({
  name: 'Unit',
  tableName: 'unit',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    name: p.text(),
    permillageHundredths: p.integer(),
  },
  uniques: [{ name: 'unit_name_unique', properties: ['installation', 'name'] }],
});

/** A parking place (lugar). */
export const Spot = defineEntity({
  name: 'Spot',
  tableName: 'spot',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    circuit: () => p.manyToOne(Circuit).mapToPk().nullable(),
    unit: () => p.manyToOne(Unit).mapToPk().nullable(),
    name: p.text(),
    /** Where circuits are shared: larger goes first. */
    priority: p.integer().default(0),
    /** ... and what its car is promised while the circuit can bear it; 0 for none. */
    guaranteedA: p.integer().default(0),
  },
  uniques: [{ name: 'spot_name_unique', properties: ['installation', 'name'] }],
});

/** One OCPP charge point; the id is its OCPP identity in lower case, the label as printed on it. */
export const Charger = defineEntity({
  name: 'Charger',
  tableName: 'charger',
  properties: {
    id: p.text().primary(),
    installation: () => p.manyToOne(Installation).mapToPk(),
    label: p.text(),
    passwordHash: p.text().nullable(),
    /** It is the code of an enrolment window, which others may have, too. */
    passwordIsShared: p.boolean().default(false),
    /** The least it must come with: 0 nothing, 1 password, 2 password over TLS (OCPP security). */
    securityProfile: p.integer().default(1),
    /** What it is being raised to; it is held to that as soon as it has come with it. */
    wantedProfile: p.integer().nullable(),
    vendor: p.text().nullable(),
    model: p.text().nullable(),
    firmware: p.text().nullable(),
    /** How its L1, L2, L3 are wired to the supply's R, S, T: RST, STR, ..., one letter for a single phase, or unknown. */
    phaseRotation: p.text().default('unknown'),
    /** Of each connector. */
    maxCurrentA: p.integer().default(32),
    /** What a connector gives by itself while we do not reach it; kept free for it always. */
    offlineCurrentA: p.integer().default(0),
    online: p.boolean().default(false),
    lastSeenAt: p.datetime(3).nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [{ name: 'charger_installation_index', properties: ['installation'] }],
});

/** Which charger hangs at which spot, half-open [from, until). Neither a spot nor a charger is used twice at once. */
export const ChargerPlacement = defineEntity({
  name: 'ChargerPlacement',
  tableName: 'charger_placement',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    charger: () => p.manyToOne(Charger).mapToPk(),
    spot: () => p.manyToOne(Spot).mapToPk(),
    from: p.datetime(3),
    until: p.datetime(3).nullable(),
    /**
     * Who answers for a session meanwhile: `occupant` of the spot, or `token`: the customer of the card that started it.
     * It is the placement's, so that a spot that is shared from a day on was not shared before.
     */
    sharing: p.text().default('occupant'),
    /** When the database last saw it change (a trigger writes it): what was rated before then is looked at again. */
    changedAt: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [
    { name: 'charger_placement_charger_index', properties: ['charger', 'from'] },
    { name: 'charger_placement_spot_index', properties: ['spot', 'from'] },
  ],
});

/** Who is billed: owner or tenant. The id is the customer number. */
export const Customer = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  properties: {
    id: p.text().primary(),
    condominium: () => p.manyToOne(Condominium).mapToPk(),
    name: p.text(),
    nif: p.text().nullable(),
    email: p.text().nullable(),
    address: p.text().nullable(),
    postalCode: p.text().nullable(),
    city: p.text().nullable(),
    /** ISO 3166 code of the country of the address and tax number. */
    country: p.text().default('PT'),
    language: p.text().default('pt'),
    /** direct-debit, prepaid or transfer */
    paymentMethod: p.text().default('transfer'),
    stripeCustomerId: p.text().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [{ name: 'customer_condominium_index', properties: ['condominium'] }],
});

/** Who answers for a spot, half-open [from, until). */
export const Occupancy = defineEntity({
  name: 'Occupancy',
  tableName: 'occupancy',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    spot: () => p.manyToOne(Spot).mapToPk(),
    customer: () => p.manyToOne(Customer).mapToPk(),
    /** owner or tenant */
    kind: p.text(),
    from: p.datetime(3),
    until: p.datetime(3).nullable(),
    /** When the database last saw it change (a trigger writes it): what was rated before then is looked at again. */
    changedAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'occupancy_spot_customer_from_unique', properties: ['spot', 'customer', 'from'] }],
  indexes: [{ name: 'occupancy_customer_index', properties: ['customer'] }],
});

/** RFID card or app identifier that starts a session (OCPP idTag). */
export const Token = defineEntity({
  name: 'Token',
  tableName: 'token',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    idTag: p.text(),
    customer: () => p.manyToOne(Customer).mapToPk().nullable(),
    /** active or blocked */
    status: p.text().default('active'),
    expiresAt: p.datetime(3).nullable(),
    /** rfid, app, remote or emaid */
    kind: p.text().default('rfid'),
    /** Cards of one group may end each other’s sessions: OCPP’s parentIdTag or groupIdToken. */
    groupTag: p.text().nullable(),
    validFrom: p.datetime(3).nullable(),
    /** Why staff blocked it, who and when; null while it is not. */
    blockReason: p.text().nullable(),
    blockedBy: p.text().nullable(),
    blockedAt: p.datetime(3).nullable(),
  },
  uniques: [{ name: 'token_id_tag_unique', properties: ['installation', 'idTag'] }],
  indexes: [
    { name: 'token_customer_index', properties: ['customer'] },
    {
      name: 'token_card_index',
      expression: 'create index "token_card_index" on "token" ("installation_id", lower("id_tag"))',
    },
  ],
});

/** The spots where a card is good; one that is named nowhere is good at all of its installation. */
export const TokenSpot = defineEntity({
  name: 'TokenSpot',
  tableName: 'token_spot',
  properties: {
    token: () => p.manyToOne(Token).mapToPk().primary().deleteRule('cascade').updateRule('cascade'),
    spot: () => p.manyToOne(Spot).mapToPk().primary().deleteRule('cascade').updateRule('cascade'),
  },
  indexes: [{ name: 'token_spot_spot_index', properties: ['spot'] }],
});

/** A note that the cards of an installation are worth something else; triggers write it, whoever keeps the chargers' lists takes it away. */
export const TokenChange = defineEntity({
  name: 'TokenChange',
  tableName: 'token_change',
  properties: { id: p.bigint('number').primary().autoincrement(), installationId: p.text() },
});

/** Who had a card before it was given to another customer; a trigger keeps it. */
export const FormerCardHolder = defineEntity({
  name: 'FormerCardHolder',
  tableName: 'former_card_holder',
  properties: {
    token: () => p.manyToOne(Token).mapToPk().primary(),
    /** Until when, exclusive. */
    until: p.datetime(3).primary(),
    customer: () => p.manyToOne(Customer).mapToPk(),
  },
});
