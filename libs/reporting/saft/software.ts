import type { SaftSoftware } from './saft-facts.js';

const CERTIFICATE = /^[0-9]{1,10}$/;

/**
 * The program as SAF-T names it: CHAZEMO_SOFTWARE_CERTIFICATE (0 while it has none) and CHAZEMO_PRODUCER_NIF (tax number
 * of who made it; without it the issuer counts as its own producer). Throws on a certificate that is no number.
 */
export function saftSoftware(environment: Readonly<Record<string, string | undefined>>, version: string): SaftSoftware {
  const certificate = environment['CHAZEMO_SOFTWARE_CERTIFICATE']?.trim() || '0';
  if (!CERTIFICATE.test(certificate)) throw new Error(`CHAZEMO_SOFTWARE_CERTIFICATE "${certificate}" is no number`);
  const producerNif = environment['CHAZEMO_PRODUCER_NIF']?.trim() || null;
  return { certificate, producerNif, version };
}
