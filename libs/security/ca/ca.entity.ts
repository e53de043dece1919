import { defineEntity, p } from '@mikro-orm/core';

import { ChargerCommand } from '../../commands/command.entity.js';
import { Charger } from '../../registry/registry.entity.js';

/** A root from which chargers' certificates are issued: the newest that a charger knows is the one for it. */
export const CertificateAuthority = defineEntity({
  name: 'CertificateAuthority',
  tableName: 'certificate_authority',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    name: p.text(),
    /** PEM, self-signed. */
    certificate: p.text(),
    /** PKCS #8 in PEM, sealed under CHAZEMO_SECRET. */
    sealedKey: p.text(),
    /** SHA-256 of the certificate, hexadecimal. */
    fingerprint: p.text(),
    notBefore: p.datetime(3),
    notAfter: p.datetime(3),
    createdBy: p.text(),
    createdAt: p.datetime(3),
    /** Nothing that it has issued is in use any more; it is trusted no longer. */
    retiredAt: p.datetime(3).nullable(),
  },
});

/** A certificate by which a charger says who it is (security profile 3). */
export const ChargerCertificate = defineEntity({
  name: 'ChargerCertificate',
  tableName: 'charger_certificate',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    charger: () => p.manyToOne(Charger).mapToPk(),
    authority: () => p.manyToOne(CertificateAuthority).mapToPk(),
    /** SHA-256 of the request it was issued for, hexadecimal. */
    csrDigest: p.text(),
    /** SHA-256 of its public key, hexadecimal. */
    keyDigest: p.text(),
    /** Hexadecimal. */
    serial: p.text().unique('charger_certificate_serial_unique'),
    /** SHA-256 of the certificate, hexadecimal. */
    fingerprint: p.text().unique('charger_certificate_fingerprint_unique'),
    /** PEM */
    certificate: p.text(),
    notBefore: p.datetime(3),
    notAfter: p.datetime(3),
    /** The last command that brought it to the charger. */
    command: () => p.manyToOne(ChargerCommand).mapToPk().nullable(),
    issuedAt: p.datetime(3),
    /** When the charger first came with it. */
    seenAt: p.datetime(3).nullable(),
    /** The charger has come with a later one. */
    closedAt: p.datetime(3).nullable(),
    revokedAt: p.datetime(3).nullable(),
    revokedBy: p.text().nullable(),
    revokedBecause: p.text().nullable(),
  },
  indexes: [
    { name: 'charger_certificate_charger_index', properties: ['charger', 'id'] },
    { name: 'charger_certificate_key_index', properties: ['keyDigest'] },
    {
      name: 'charger_certificate_revoked_index',
      expression: `create index "charger_certificate_revoked_index" on "charger_certificate" ("revoked_at") where (revoked_at is not null)`,
    },
  ],
});

/** What became of a SignCertificate that a charger has sent. */
export const CertificateRequest = defineEntity({
  name: 'CertificateRequest',
  tableName: 'certificate_request',
  properties: {
    /** The row of ocpp_message, which has the request itself. */
    messageId: p.bigint('number').primary().autoincrement(false),
    charger: () => p.manyToOne(Charger).mapToPk(),
    csrDigest: p.text(),
    /** asked | issued | refused */
    state: p.text(),
    /** Why it was refused: a CsrRefusal or RequestRefusal. */
    code: p.text().nullable(),
    certificate: () => p.manyToOne(ChargerCertificate).mapToPk().nullable(),
    askedAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
  },
  indexes: [
    { name: 'certificate_request_charger_index', properties: ['charger', 'messageId'] },
    {
      name: 'certificate_request_open_index',
      expression: `create index "certificate_request_open_index" on "certificate_request" ("message_id") where (state = 'asked')`,
    },
  ],
});

/** A root that a charger was given, before anything is issued to it from that root. */
export const ChargerRoot = defineEntity({
  name: 'ChargerRoot',
  tableName: 'charger_root',
  properties: {
    charger: () => p.manyToOne(Charger).mapToPk().primary(),
    authority: () => p.manyToOne(CertificateAuthority).mapToPk().primary(),
    attempts: p.integer().default(1),
    command: () => p.manyToOne(ChargerCommand).mapToPk().nullable(),
    askedAt: p.datetime(3),
    installedAt: p.datetime(3).nullable(),
    /** It could not be installed at the last attempt. */
    refusedAt: p.datetime(3).nullable(),
  },
});
