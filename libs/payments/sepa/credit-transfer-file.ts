import { isValidReference } from '../payment-reference.js';
import { accountElement, bankElement, partyElement, partyProblem, type SepaParty } from './parties.js';
import { amountText, isSepaId, sepaText } from './sepa-text.js';
import { xml, xmlDocument, type XmlElement } from './xml-element.js';

export const CREDIT_TRANSFER_VERSIONS = ['pain.001.001.03', 'pain.001.001.09'] as const;
export type CreditTransferVersion = (typeof CREDIT_TRANSFER_VERSIONS)[number];

export interface CreditTransfer {
  /** Comes back with the bank's answer: unique in the file, our own row's id (sepaIdOf). */
  readonly endToEndId: string;
  readonly amountCents: number;
  readonly creditor: SepaParty;
  /** What the payee reads on their statement: 140 characters. */
  readonly text: string;
  /** An RF creditor reference of the payee, instead of the text. */
  readonly reference?: string;
}

export interface CreditTransferOrder {
  /** `pain.001.001.03` where not given: what every Portuguese bank takes. */
  readonly version?: CreditTransferVersion;
  /** Unique for ever: a bank refuses a file whose id it has seen. */
  readonly messageId: string;
  readonly createdAt: Date;
  /** yyyy-mm-dd, a business day of the bank. */
  readonly executionDate: string;
  readonly debtor: SepaParty;
  readonly transfers: readonly CreditTransfer[];
}

export type SepaFileRefusal =
  | 'SEPA.NOTHING_TO_WRITE'
  | 'SEPA.ID_INVALID'
  | 'SEPA.ID_TWICE'
  | 'SEPA.AMOUNT_INVALID'
  | 'SEPA.DATE_INVALID'
  | 'SEPA.NAME_MISSING'
  | 'SEPA.IBAN_INVALID'
  | 'SEPA.BIC_INVALID'
  | 'SEPA.REFERENCE_INVALID';

/** What is wrong, and where: the end-to-end id of a transfer, or `file`. */
export interface SepaFileRefused<Code = SepaFileRefusal> {
  readonly refused: { readonly code: Code; readonly subject: string };
}

export interface SepaFile {
  /** UTF-8 text. The same order is the same text. */
  readonly content: string;
  readonly count: number;
  readonly sumCents: number;
}

/** Most of one transfer: what the scheme's amount field holds, 999 999 999.99. */
const MOST_CENTS = 99_999_999_999;

/**
 * A SEPA credit transfer file (pain.001): one debit account, one execution date, any number of transfers in euros. Valid
 * against the ISO schema of its version; rules of the EPC implementation guidelines (EPC132-08): SLEV charges, service
 * level SEPA, IBAN only where no BIC is given, the Latin character set.
 */
export function creditTransferFile(order: CreditTransferOrder): SepaFile | SepaFileRefused {
  const refused = refusalOf(order);
  if (refused !== null) return refused;
  const version = order.version ?? 'pain.001.001.03';
  const sumCents = order.transfers.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const total = { count: order.transfers.length, sumCents };
  const root = xml(
    'Document',
    [xml('CstmrCdtTrfInitn', [header(order, total), paymentElement(order, version, total)])],
    { xmlns: `urn:iso:std:iso:20022:tech:xsd:${version}` },
  );
  return { content: xmlDocument(root), ...total };
}

interface Total {
  readonly count: number;
  readonly sumCents: number;
}

const totals = ({ count, sumCents }: Total): XmlElement[] => [
  xml('NbOfTxs', String(count)),
  xml('CtrlSum', amountText(sumCents)),
];

function header({ messageId, createdAt, debtor }: CreditTransferOrder, total: Total): XmlElement {
  return xml('GrpHdr', [
    xml('MsgId', messageId),
    xml('CreDtTm', `${createdAt.toISOString().slice(0, 19)}Z`),
    ...totals(total),
    partyElement('InitgPty', debtor),
  ]);
}

function paymentElement(order: CreditTransferOrder, version: CreditTransferVersion, total: Total): XmlElement {
  const { messageId, executionDate, debtor } = order;
  const bicTag = version === 'pain.001.001.03' ? 'BIC' : 'BICFI';
  const date = version === 'pain.001.001.03' ? executionDate : [xml('Dt', executionDate)];
  return xml('PmtInf', [
    xml('PmtInfId', messageId),
    xml('PmtMtd', 'TRF'),
    ...totals(total),
    xml('PmtTpInf', [xml('SvcLvl', [xml('Cd', 'SEPA')])]),
    xml('ReqdExctnDt', date),
    partyElement('Dbtr', debtor),
    accountElement('DbtrAcct', debtor, 'EUR'),
    bankElement('DbtrAgt', debtor, bicTag),
    xml('ChrgBr', 'SLEV'),
    ...order.transfers.map((transfer) => transferElement(transfer, bicTag)),
  ]);
}

function transferElement(transfer: CreditTransfer, bicTag: 'BIC' | 'BICFI'): XmlElement {
  const { endToEndId, amountCents, creditor } = transfer;
  return xml('CdtTrfTxInf', [
    xml('PmtId', [xml('EndToEndId', endToEndId)]),
    xml('Amt', [xml('InstdAmt', amountText(amountCents), { Ccy: 'EUR' })]),
    creditor.bic === undefined ? null : bankElement('CdtrAgt', creditor, bicTag),
    partyElement('Cdtr', creditor),
    accountElement('CdtrAcct', creditor),
    remittance(transfer),
  ]);
}

function remittance({ text, reference }: CreditTransfer): XmlElement | null {
  if (reference !== undefined) {
    const type = xml('Tp', [xml('CdOrPrtry', [xml('Cd', 'SCOR')]), xml('Issr', 'ISO')]);
    const cdtrRef = xml('CdtrRefInf', [type, xml('Ref', reference.replace(/\s/g, '').toUpperCase())]);
    return xml('RmtInf', [xml('Strd', [cdtrRef])]);
  }
  const said = sepaText(text, 140);
  return said === '' ? null : xml('RmtInf', [xml('Ustrd', said)]);
}

function refusalOf(order: CreditTransferOrder): SepaFileRefused | null {
  const { messageId, executionDate, debtor, transfers } = order;
  if (transfers.length === 0) return refused('SEPA.NOTHING_TO_WRITE');
  if (!isSepaId(messageId)) return refused('SEPA.ID_INVALID');
  if (!isDay(executionDate)) return refused('SEPA.DATE_INVALID');
  const ours = partyProblem(debtor);
  if (ours !== null) return refused(ours);
  const seen = new Set<string>();
  for (const transfer of transfers) {
    const code = seen.has(transfer.endToEndId) ? 'SEPA.ID_TWICE' : transferProblem(transfer);
    if (code !== null) return refused(code, transfer.endToEndId);
    seen.add(transfer.endToEndId);
  }
  return null;
}

function transferProblem({ endToEndId, amountCents, creditor, reference }: CreditTransfer): SepaFileRefusal | null {
  if (!isSepaId(endToEndId)) return 'SEPA.ID_INVALID';
  if (!isWritableAmount(amountCents)) return 'SEPA.AMOUNT_INVALID';
  if (reference !== undefined && !isValidReference(reference)) return 'SEPA.REFERENCE_INVALID';
  return partyProblem(creditor);
}

export function refused<Code>(code: Code, subject = 'file'): SepaFileRefused<Code> {
  return { refused: { code, subject } };
}

/** Whether one transfer or debit can be of so many cents. */
export function isWritableAmount(cents: number): boolean {
  return Number.isSafeInteger(cents) && cents > 0 && cents <= MOST_CENTS;
}

export function isDay(text: string): boolean {
  try {
    return (
      /^\d{4}-\d{2}-\d{2}$/.test(text) && Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() === text
    );
  } catch {
    return false;
  }
}
