import { openFiscalSigner } from '#libs/invoicing/fiscal/open-signer.js';
import { isValidNif } from '#libs/registry/nif.js';

import { dataFolder } from '../servers/folders.js';
import { answersOnPort } from '../servers/ports.js';
import { keptFiscalKeyFile } from './data-folder.js';
import { isSet, reasonOf, type Env, type Finding } from './finding.js';

const isLive = (env: Env): boolean => /^[sr]k_live_/.test(env['STRIPE_SECRET_KEY'] ?? '');
const isCertified = (env: Env): boolean => !['', '0'].includes(env['CHAZEMO_SOFTWARE_CERTIFICATE']?.trim() ?? '');
/** A certified program, or payments that move money. */
const isProduction = (env: Env): boolean => isCertified(env) || isLive(env);

/** Where customers reach the console: links to pay and to sign, and the way back from the provider's page. */
export function publicAddress(env: Env): Finding {
  const base = { name: 'Public address', essential: true } as const;
  const url = env['CHAZEMO_PUBLIC_URL'];
  const advice = 'set CHAZEMO_PUBLIC_URL to the https address under which customers reach the console';
  if (!isSet(url)) {
    const found = 'CHAZEMO_PUBLIC_URL is not set: links in mails lead to this machine';
    return isProduction(env) ? { ...base, state: 'missing', found, advice } : { ...base, state: 'ok', found };
  }
  const protocol = URL.canParse(url) ? new URL(url).protocol : null;
  if (protocol !== 'https:' && protocol !== 'http:')
    return { ...base, state: 'missing', found: 'CHAZEMO_PUBLIC_URL is no web address', advice };
  if (protocol === 'http:' && isProduction(env))
    return { ...base, state: 'missing', found: `${url} is not encrypted`, advice };
  return { ...base, state: 'ok', found: url };
}

/** Who made the program, as SAF-T (PT) names it (ProductCompanyTaxID): a certified one has a producer of its own. */
export function fiscalProducer(env: Env): Finding {
  const base = { name: 'Producer', essential: true } as const;
  const nif = env['CHAZEMO_PRODUCER_NIF']?.trim();
  const advice = 'set CHAZEMO_PRODUCER_NIF to the tax number the program is certified under';
  if (!isSet(nif)) {
    const found = "CHAZEMO_PRODUCER_NIF is not set: SAF-T names the issuer as the program's producer";
    return isCertified(env) ? { ...base, state: 'missing', found, advice } : { ...base, state: 'ok', found };
  }
  if (!isValidNif(nif)) return { ...base, state: 'missing', found: `${nif} is no Portuguese tax number`, advice };
  return { ...base, state: 'ok', found: nif };
}

/** In production (a certified program, or live payments) the key is configured and kept apart from the data. */
export function fiscalSignature(env: Env): Finding {
  const base = { name: 'Fiscal key', essential: true } as const;
  try {
    const signer = openFiscalSigner(env);
    const certificate = signer?.certificate ?? env['CHAZEMO_SOFTWARE_CERTIFICATE'] ?? '0';
    const program = certificate === '0' ? 'program not certified: no fiscal validity' : `certificate ${certificate}`;
    if (signer !== null) return { ...base, state: 'ok', found: `version ${signer.keyVersion}, ${program}` };
    const kept = keptFiscalKeyFile(dataFolder(env));
    if (!isProduction(env)) return { ...base, state: 'ok', found: `${kept ?? 'made at the first start'}; ${program}` };
    const advice = 'set CHAZEMO_FISCAL_KEY to the key whose public half the tax authority has';
    return { ...base, state: 'missing', found: `CHAZEMO_FISCAL_KEY is not set; ${program}`, advice };
  } catch (error) {
    return { ...base, state: 'missing', found: reasonOf(error), advice: 'correct it' };
  }
}

export function stripe(env: Env): Finding {
  const key = env['STRIPE_SECRET_KEY'];
  const base = { name: 'Stripe', essential: true } as const;
  if (!isSet(key))
    return { ...base, state: 'ok', found: 'local sandbox: no money moves (STRIPE_SECRET_KEY is not set)' };
  const mode = isLive(env) ? 'live' : 'test';
  if (isSet(env['STRIPE_WEBHOOK_SECRET'])) return { ...base, state: 'ok', found: `${mode} key, webhook secret` };
  const advice = 'set STRIPE_WEBHOOK_SECRET: without it no payment is ever confirmed';
  return { ...base, state: 'missing', found: `${mode} key without a webhook secret`, advice };
}

export async function mail(env: Env): Promise<Finding> {
  const base = { name: 'Mail', essential: true } as const;
  const url = env['SMTP_URL'];
  if (!isSet(url)) return { ...base, state: 'ok', found: 'kept as .eml files (SMTP_URL is not set)' };
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null) return { ...base, state: 'missing', found: 'SMTP_URL is no URL', advice: 'smtp://host:port' };
  const port = Number(parsed.port || (parsed.protocol === 'smtps:' ? 465 : 587));
  if (await answersOnPort(port, parsed.hostname)) return { ...base, state: 'ok', found: `${parsed.hostname}:${port}` };
  return { ...base, state: 'missing', found: `no answer at ${parsed.hostname}:${port}`, advice: 'check SMTP_URL' };
}
