import { X509Certificate } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { chargerKeys, type KeyKind } from '#test/chargers/charger-keys.js';

import { certificateSpan, isRenewalDue, isRotationDue, rootSpan, rootToIssueFrom } from './certificate-terms.js';
import { judgeCertificate } from './judge-certificate.js';
import { judgeCsr } from './judge-csr.js';
import { issueFrom, makeRoot, readCertificate, readCsr } from './x509.js';

const NOW = new Date('2026-11-26T10:00:00Z');
const DAY_MS = 24 * 60 * 60_000;
const after = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

describe('a certificate request', () => {
  it.each(['P-256', 'P-384', 'RSA-2048'] satisfies KeyKind[])(
    'with a key of %s in the name of the charger is good',
    async (kind) => {
      const { csr } = await chargerKeys('ZCS1', { kind });
      expect(judgeCsr(await readCsr(csr), 'zcs1')).toBeNull();
    },
  );

  it('is refused for another name, two names, a weak key, or when it asks to issue', async () => {
    const judged = async (...args: Parameters<typeof chargerKeys>) =>
      judgeCsr(await readCsr((await chargerKeys(...args)).csr), 'zcs1');
    expect(await judged('zcs2')).toBe('CSR.WRONG_NAME');
    expect(await judged('zcs1', { alsoNamed: 'zcs2' })).toBe('CSR.WRONG_NAME');
    expect(await judged('zcs1', { kind: 'RSA-1024' })).toBe('CSR.WEAK_KEY');
    expect(await judged('zcs1', { wantsToIssue: true })).toBe('CSR.ISSUER');
  });

  it('is refused when it is none, or not signed with its own key', async () => {
    for (const text of [
      '',
      'x',
      'undefined',
      '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----',
    ]) {
      expect(judgeCsr(await readCsr(text), 'zcs1')).toBe('CSR.UNREADABLE');
    }
    const { csr } = await chargerKeys('zcs1');
    const der = Buffer.from(csr.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
    const at = der.indexOf('zcs1');
    der.write('zcs2', at);
    expect(judgeCsr(await readCsr(der.toString('base64')), 'zcs2')).toBe('CSR.UNSIGNED');
  });
});

describe('what is issued', () => {
  it('is a client certificate of the root, for the key of the request and for no longer than the root', async () => {
    const root = await makeRoot('Root', rootSpan(NOW));
    const csr = await readCsr((await chargerKeys('zcs1')).csr);
    const subject = { name: 'zcs1', organization: null, publicKey: csr?.publicKey ?? '' };
    const made = await issueFrom(root, { ...subject, ...certificateSpan(NOW, { notAfter: after(100) }) });
    const read = new X509Certificate(made.certificate);
    expect(read.ca).toBe(false);
    expect(read.serialNumber.toLowerCase()).toBe(made.serial);
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(read.validToDate).toEqual(after(100));
    expect(readCertificate(read.raw)?.isIssuedBy(root.certificate)).toBe(true);
    const other = await makeRoot('Root', rootSpan(NOW)); // of the same name
    expect(readCertificate(read.raw)?.isIssuedBy(other.certificate)).toBe(false);
  });

  it('is renewed a month before its end, or when a newer root is known; roots a year and two months before theirs', () => {
    expect(isRenewalDue(null, 'a', NOW)).toBe(true);
    expect(isRenewalDue({ notAfter: after(31), authorityId: 'a' }, 'a', NOW)).toBe(false);
    expect(isRenewalDue({ notAfter: after(30), authorityId: 'a' }, 'a', NOW)).toBe(true);
    expect(isRenewalDue({ notAfter: after(300), authorityId: 'a' }, 'b', NOW)).toBe(true);
    expect([isRotationDue({ notAfter: after(426) }, NOW), isRotationDue({ notAfter: after(425) }, NOW)]).toEqual([
      false,
      true,
    ]);
  });

  it('is of the newest root that the charger knows, never of one that it does not', () => {
    const root = { createdAt: NOW, notAfter: after(1), retiredAt: null, installedAt: NOW };
    const old = { ...root, authorityId: 'old' };
    const fresh = { ...root, authorityId: 'new', createdAt: after(0.5) };
    expect(rootToIssueFrom([old, fresh], NOW)?.authorityId).toBe('new');
    expect(rootToIssueFrom([old, { ...fresh, installedAt: null }], NOW)?.authorityId).toBe('old');
    expect(
      rootToIssueFrom(
        [
          { ...old, retiredAt: NOW },
          { ...fresh, notAfter: NOW },
        ],
        NOW,
      ),
    ).toBeNull();
  });
});

it('a certificate that is shown is judged for what staff can set right: revoked, at its end, foreign, not known, another charger’s', () => {
  const known = { chargerId: 'zcs1', notBefore: NOW, notAfter: after(1), revokedAt: null };
  const shown = { isOfOurs: true, name: 'ZCS1', known };
  expect(judgeCertificate(shown, 'zcs1', NOW)).toBeNull();
  expect(judgeCertificate(shown, 'zcs2', NOW)).toBe('certificate-other-name');
  expect(judgeCertificate({ ...shown, name: 'zcs2' }, 'zcs1', NOW)).toBe('certificate-other-name');
  expect(judgeCertificate(shown, 'zcs1', after(1))).toBe('certificate-expired');
  expect(judgeCertificate({ ...shown, known: { ...known, revokedAt: NOW } }, 'zcs1', NOW)).toBe('certificate-revoked');
  expect(judgeCertificate({ ...shown, known: null }, 'zcs1', NOW)).toBe('certificate-unknown');
  expect(judgeCertificate({ ...shown, isOfOurs: false }, 'zcs1', NOW)).toBe('certificate-foreign');
});
