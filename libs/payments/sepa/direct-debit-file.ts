import {
  isDay,
  isWritableAmount,
  refused,
  type SepaFile,
  type SepaFileRefusal,
  type SepaFileRefused,
} from './credit-transfer-file.js';
import { isValidCreditorId, normaliseCreditorId } from './creditor-id.js';
import { accountElement, bankElement, partyElement, partyProblem, type SepaParty } from './parties.js';
import { amountText, isSepaId, sepaText } from './sepa-text.js';
import type { SequenceType } from './sequence.js';
import { xml, xmlDocument, type XmlElement } from './xml-element.js';

export const DIRECT_DEBIT_VERSIONS = ['pain.008.001.02', 'pain.008.001.08'] as const;
export type DirectDebitVersion = (typeof DIRECT_DEBIT_VERSIONS)[number];

export interface DirectDebit {
  /** Comes back with the bank's answer and with a return: the attempt's id (sepaIdOf). */
  readonly endToEndId: string;
  readonly amountCents: number;
  readonly sequenceType: SequenceType;
  readonly mandate: { readonly reference: string; readonly signedOn: string };
  readonly debtor: SepaParty;
  /** What the debtor reads on their statement: 140 characters. */
  readonly text: string;
}

export interface DirectDebitOrder {
  readonly version: DirectDebitVersion;
  /** Unique for ever, at most 30 characters: a bank refuses a file whose id it has seen. */
  readonly messageId: string;
  readonly createdAt: Date;
  /** yyyy-mm-dd: when the debtors' accounts are debited, a business day. */
  readonly collectionDate: string;
  readonly creditor: SepaParty & { readonly creditorId: string };
  readonly debits: readonly DirectDebit[];
}

export type DirectDebitRefusal = SepaFileRefusal | 'SEPA.CREDITOR_ID_INVALID' | 'SEPA.MANDATE_INVALID';

const SEQUENCES: readonly SequenceType[] = ['FRST', 'RCUR', 'FNAL', 'OOFF'];

/** A message may be told apart from its parts, which are this much longer: `-FRST`. */
const MOST_MESSAGE_ID = 30;

/** The part of a message that holds the debits of one sequence type. */
export const paymentInformationId = (messageId: string, sequenceType: SequenceType): string =>
  `${messageId}-${sequenceType}`;

/**
 * A SEPA Core direct debit file (pain.008) of one creditor and one collection date, a part per sequence type. Valid
 * against the ISO schema of its version; rules of the EPC implementation guidelines (EPC130-08). The same order is the
 * same text.
 */
export function directDebitFile(order: DirectDebitOrder): SepaFile | SepaFileRefused<DirectDebitRefusal> {
  const refusal = refusalOf(order);
  if (refusal !== null) return refusal;
  const { version, messageId, createdAt, creditor, debits } = order;
  const sumCents = sumOf(debits);
  const header = xml('GrpHdr', [
    xml('MsgId', messageId),
    xml('CreDtTm', `${createdAt.toISOString().slice(0, 19)}Z`),
    xml('NbOfTxs', String(debits.length)),
    xml('CtrlSum', amountText(sumCents)),
    partyElement('InitgPty', creditor),
  ]);
  const parts = SEQUENCES.flatMap((sequenceType) => {
    const some = debits.filter((debit) => debit.sequenceType === sequenceType);
    return some.length === 0 ? [] : [partOf(order, sequenceType, some)];
  });
  const root = xml('Document', [xml('CstmrDrctDbtInitn', [header, ...parts])], {
    xmlns: `urn:iso:std:iso:20022:tech:xsd:${version}`,
  });
  return { content: xmlDocument(root), count: debits.length, sumCents };
}

function sumOf(debits: readonly DirectDebit[]): number {
  return debits.reduce((sum, { amountCents }) => sum + amountCents, 0);
}

function partOf(order: DirectDebitOrder, sequenceType: SequenceType, debits: readonly DirectDebit[]): XmlElement {
  const { messageId, collectionDate, creditor } = order;
  const bicTag = order.version === 'pain.008.001.02' ? 'BIC' : 'BICFI';
  return xml('PmtInf', [
    xml('PmtInfId', paymentInformationId(messageId, sequenceType)),
    xml('PmtMtd', 'DD'),
    xml('BtchBookg', 'true'),
    xml('NbOfTxs', String(debits.length)),
    xml('CtrlSum', amountText(sumOf(debits))),
    xml('PmtTpInf', [
      xml('SvcLvl', [xml('Cd', 'SEPA')]),
      xml('LclInstrm', [xml('Cd', 'CORE')]),
      xml('SeqTp', sequenceType),
    ]),
    xml('ReqdColltnDt', collectionDate),
    partyElement('Cdtr', creditor),
    accountElement('CdtrAcct', creditor, 'EUR'),
    bankElement('CdtrAgt', creditor, bicTag),
    xml('ChrgBr', 'SLEV'),
    xml('CdtrSchmeId', [
      xml('Id', [
        xml('PrvtId', [
          xml('Othr', [xml('Id', normaliseCreditorId(creditor.creditorId)), xml('SchmeNm', [xml('Prtry', 'SEPA')])]),
        ]),
      ]),
    ]),
    ...debits.map((debit) => debitElement(debit, bicTag)),
  ]);
}

function debitElement(debit: DirectDebit, bicTag: 'BIC' | 'BICFI'): XmlElement {
  const { endToEndId, amountCents, mandate, debtor, text } = debit;
  const said = sepaText(text, 140);
  return xml('DrctDbtTxInf', [
    xml('PmtId', [xml('EndToEndId', endToEndId)]),
    xml('InstdAmt', amountText(amountCents), { Ccy: 'EUR' }),
    xml('DrctDbtTx', [xml('MndtRltdInf', [xml('MndtId', mandate.reference), xml('DtOfSgntr', mandate.signedOn)])]),
    bankElement('DbtrAgt', debtor, bicTag),
    partyElement('Dbtr', debtor),
    accountElement('DbtrAcct', debtor),
    said === '' ? null : xml('RmtInf', [xml('Ustrd', said)]),
  ]);
}

/** A mandate's reference (UMR) as the scheme has it: an identifier without spaces. */
export function isMandateReference(text: string): boolean {
  return isSepaId(text) && !text.includes(' ');
}

function refusalOf(order: DirectDebitOrder): SepaFileRefused<DirectDebitRefusal> | null {
  const { messageId, collectionDate, creditor, debits } = order;
  if (debits.length === 0) return refused('SEPA.NOTHING_TO_WRITE');
  if (!isSepaId(messageId) || messageId.length > MOST_MESSAGE_ID) return refused('SEPA.ID_INVALID');
  if (!isDay(collectionDate)) return refused('SEPA.DATE_INVALID');
  if (!isValidCreditorId(creditor.creditorId)) return refused('SEPA.CREDITOR_ID_INVALID');
  const ours = partyProblem(creditor);
  if (ours !== null) return refused(ours);
  const seen = new Set<string>();
  for (const debit of debits) {
    const code = seen.has(debit.endToEndId) ? 'SEPA.ID_TWICE' : debitProblem(debit, collectionDate);
    if (code !== null) return refused(code, debit.endToEndId);
    seen.add(debit.endToEndId);
  }
  return null;
}

function debitProblem(debit: DirectDebit, collectionDate: string): DirectDebitRefusal | null {
  const { endToEndId, amountCents, mandate, debtor } = debit;
  if (!isSepaId(endToEndId)) return 'SEPA.ID_INVALID';
  if (!isWritableAmount(amountCents)) return 'SEPA.AMOUNT_INVALID';
  if (!isMandateReference(mandate.reference)) return 'SEPA.MANDATE_INVALID';
  if (!isDay(mandate.signedOn) || mandate.signedOn > collectionDate) return 'SEPA.DATE_INVALID';
  return partyProblem(debtor);
}
