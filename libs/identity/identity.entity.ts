import { defineEntity, p } from '@mikro-orm/core';

import { Condominium, Customer, Installation } from '../registry/registry.entity.js';

export const AppUser = defineEntity({
  name: 'AppUser',
  tableName: 'app_user',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    email: p.text().unique('app_user_email_unique'),
    name: p.text(),
    passwordHash: p.text(),
    /** administrator, staff, manager, resident, installer */
    role: p.text(),
    condominium: () => p.manyToOne(Condominium).mapToPk().nullable(),
    customer: () => p.manyToOne(Customer).mapToPk().nullable(),
    language: p.text().default('pt'),
    createdAt: p.datetime(3).defaultRaw('now()'),
    disabledAt: p.datetime(3).nullable(),
  },
});

/** Opaque sessions: only the hash of the cookie is kept. */
export const UserSession = defineEntity({
  name: 'UserSession',
  tableName: 'user_session',
  properties: {
    tokenHash: p.text().primary(),
    user: () => p.manyToOne(AppUser).mapToPk(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    expiresAt: p.datetime(3),
  },
  indexes: [{ name: 'user_session_user_index', properties: ['user'] }],
});

export const ApiToken = defineEntity({
  name: 'ApiToken',
  tableName: 'api_token',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tokenHash: p.text().unique('api_token_hash_unique'),
    name: p.text(),
    role: p.text(),
    condominium: () => p.manyToOne(Condominium).mapToPk().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    expiresAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
  },
});

/** Every change by a person: who, when, what, before and after. */
export const AuditEntry = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    id: p.bigint('number').primary().autoincrement(),
    at: p.datetime(3).defaultRaw('now()'),
    actor: p.text(),
    action: p.text(),
    subject: p.text(),
    installation: () => p.manyToOne(Installation).mapToPk().nullable(),
    before: p.json<unknown>().nullable(),
    after: p.json<unknown>().nullable(),
  },
  indexes: [{ name: 'audit_entry_subject_index', properties: ['subject', 'at'] }],
});

/** Answers to writes with an Idempotency-Key, replayed when the same write comes again. */
export const IdempotencyRecord = defineEntity({
  name: 'IdempotencyRecord',
  tableName: 'idempotency_record',
  properties: {
    actor: p.text().primary(),
    key: p.text().primary(),
    request: p.text(),
    status: p.integer().nullable(),
    body: p.json<unknown>().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});
