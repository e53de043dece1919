/** What a bank writes, for tests: camt.053 in its two versions that are in use. */
export interface CamtEntry {
  readonly cents: number;
  readonly day: string;
  readonly reference?: string;
  readonly text?: string;
  readonly creditorReference?: string;
  readonly name?: string;
  readonly iban?: string;
  readonly endToEndId?: string;
  readonly paymentInformationId?: string;
  readonly returnCode?: string;
  readonly status?: 'BOOK' | 'PDNG';
  /** Payments that the bank booked in one sum. */
  readonly batch?: readonly { readonly cents: number; readonly endToEndId: string; readonly returnCode?: string }[];
}

export interface CamtStatement {
  readonly version?: '02' | '08';
  readonly iban?: string;
  readonly id?: string;
  readonly from: string;
  readonly to: string;
  readonly openingCents: number;
  /** What the entries make of it when not given. */
  readonly closingCents?: number;
  readonly entries: readonly CamtEntry[];
}

export const CAMT_IBAN = 'PT50002700000001234567833';

const amount = (cents: number): string => (Math.abs(cents) / 100).toFixed(2);
const direction = (cents: number): string => `<CdtDbtInd>${cents < 0 ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
const maybe = (tag: string, text: string | undefined): string => (text === undefined ? '' : `<${tag}>${text}</${tag}>`);

function balance(code: string, cents: number, day: string): string {
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount(cents)}</Amt>${direction(cents)}<Dt><Dt>${day}</Dt></Dt></Bal>`;
}

function party(version: string, tag: string, name: string | undefined, iban: string | undefined): string {
  const named = maybe('Nm', name);
  const inside = named === '' ? '' : `<${tag}>${version === '08' ? `<Pty>${named}</Pty>` : named}</${tag}>`;
  return `${inside}${iban === undefined ? '' : `<${tag}Acct><Id><IBAN>${iban}</IBAN></Id></${tag}Acct>`}`;
}

function entryXml(version: '02' | '08', entry: CamtEntry): string {
  const { cents, day, reference, text, creditorReference, name, iban, status = 'BOOK', batch } = entry;
  const payments = batch ?? [{ ...entry, endToEndId: entry.endToEndId ?? 'NOTPROVIDED' }];
  const structured =
    creditorReference === undefined ? '' : `<Strd><CdtrRefInf><Ref>${creditorReference}</Ref></CdtrRefInf></Strd>`;
  const details = payments.map((payment) => {
    const sum = `<Amt Ccy="EUR">${amount(payment.cents)}</Amt>`;
    const amounts = version === '08' ? sum + direction(payment.cents) : `<AmtDtls><TxAmt>${sum}</TxAmt></AmtDtls>`;
    const back = payment.returnCode === undefined ? '' : `<RtrInf><Rsn><Cd>${payment.returnCode}</Cd></Rsn></RtrInf>`;
    const refs = `<Refs>${maybe('PmtInfId', entry.paymentInformationId)}<EndToEndId>${payment.endToEndId}</EndToEndId></Refs>`;
    return `<TxDtls>${refs}${amounts}<RltdPties>${party(version, cents < 0 ? 'Cdtr' : 'Dbtr', name, iban)}</RltdPties><RmtInf>${maybe('Ustrd', text)}${structured}</RmtInf>${back}</TxDtls>`;
  });
  const state = version === '08' ? `<Sts><Cd>${status}</Cd></Sts>` : `<Sts>${status}</Sts>`;
  return `<Ntry><Amt Ccy="EUR">${amount(cents)}</Amt>${direction(cents)}${state}
<BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt>${maybe('AcctSvcrRef', reference)}<NtryDtls>${details.join('')}</NtryDtls></Ntry>`;
}

export function camt053(statement: CamtStatement): Buffer {
  const { version = '02', iban = CAMT_IBAN, id = 'S1', from, to, openingCents, entries } = statement;
  const moved = entries.filter(({ status }) => status !== 'PDNG').reduce((sum, { cents }) => sum + cents, 0);
  const closingCents = statement.closingCents ?? openingCents + moved;
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>${to}T20:00:00</CreDtTm></GrpHdr>
<Stmt><Id>${id}</Id><CreDtTm>${to}T20:00:00</CreDtTm>
<FrToDt><FrDtTm>${from}T00:00:00</FrDtTm><ToDtTm>${to}T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>${iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>
${balance('OPBD', openingCents, from)}
${balance('CLBD', closingCents, to)}
${entries.map((entry) => entryXml(version, entry)).join('\n')}
</Stmt></BkToCstmrStmt></Document>`);
}
