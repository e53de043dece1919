import { childrenOf, elementAt, readXml, textAt, type ReadElement, type XmlRefusal } from '../xml/read-xml.js';

/** What the bank says of one of our debits or transfers. */
export interface TransactionStatus {
  readonly endToEndId: string;
  readonly status: 'accepted' | 'pending' | 'rejected';
  /** ISO reason code (AM04, …), or the bank's own word; null where none is given. */
  readonly reasonCode: string | null;
  readonly detail: string | null;
}

/** What it says of a whole part of our message. */
export interface PartStatus {
  readonly paymentInformationId: string;
  readonly status: TransactionStatus['status'] | 'partly';
  readonly reasonCode: string | null;
}

export interface StatusReport {
  readonly messageId: string;
  /** The message of ours that it answers. */
  readonly originalMessageId: string;
  readonly status: PartStatus['status'] | null;
  readonly reasonCode: string | null;
  readonly parts: readonly PartStatus[];
  readonly transactions: readonly TransactionStatus[];
}

export type ReadReport =
  | { readonly report: StatusReport }
  | {
      readonly refused: {
        readonly code: XmlRefusal | 'REPORT_NOT_A_STATUS_REPORT' | 'REPORT_INCOMPLETE' | 'REPORT_UNKNOWN_STATUS';
        readonly line: number;
        readonly detail: string;
      };
    };

/** External payment status codes (ISO 20022 external code sets): anything else is refused, never guessed. */
const STATUSES: Readonly<Record<string, PartStatus['status']>> = {
  ACCP: 'accepted',
  ACSC: 'accepted',
  ACSP: 'accepted',
  ACTC: 'accepted',
  ACCC: 'accepted',
  ACWC: 'accepted',
  ACWP: 'accepted',
  PDNG: 'pending',
  RCVD: 'pending',
  PATC: 'pending',
  PART: 'partly',
  RJCT: 'rejected',
  CANC: 'rejected',
};

class Unreadable extends Error {
  constructor(
    readonly code: 'REPORT_INCOMPLETE' | 'REPORT_UNKNOWN_STATUS',
    readonly line: number,
    detail: string,
  ) {
    super(detail);
  }
}

/** Reads a bank's payment status report (pain.002, versions 001.03 and 001.10). */
export function readStatusReport(bytes: Uint8Array): ReadReport {
  const read = readXml(bytes);
  if ('refused' in read) return read;
  const report = elementAt(read.root, 'CstmrPmtStsRpt');
  if (report === null || !/pain\.002\.001\.\d\d$/.test(read.namespace)) {
    return { refused: { code: 'REPORT_NOT_A_STATUS_REPORT', line: read.root.line, detail: read.namespace } };
  }
  try {
    return { report: reportOf(report) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { refused: { code: error.code, line: error.line, detail: error.message } };
  }
}

function reportOf(report: ReadElement): StatusReport {
  const group = elementAt(report, 'OrgnlGrpInfAndSts');
  const infos = childrenOf(report, 'OrgnlPmtInfAndSts');
  const groupStatus = textAt(group, 'GrpSts');
  return {
    messageId: needed(report, 'GrpHdr/MsgId'),
    originalMessageId: needed(report, 'OrgnlGrpInfAndSts/OrgnlMsgId'),
    status: groupStatus === null ? null : statusOf(groupStatus, group ?? report),
    reasonCode: reasonOf(group),
    parts: infos.flatMap((info) => {
      const status = textAt(info, 'PmtInfSts');
      if (status === null) return [];
      const paymentInformationId = needed(info, 'OrgnlPmtInfId');
      return [{ paymentInformationId, status: statusOf(status, info), reasonCode: reasonOf(info) }];
    }),
    transactions: infos.flatMap((info) => childrenOf(info, 'TxInfAndSts').map((one) => transactionOf(one, info))),
  };
}

function transactionOf(transaction: ReadElement, part: ReadElement): TransactionStatus {
  const status = statusOf(textAt(transaction, 'TxSts') ?? textAt(part, 'PmtInfSts') ?? '', transaction);
  if (status === 'partly') throw new Unreadable('REPORT_UNKNOWN_STATUS', transaction.line, 'PART');
  return {
    endToEndId: needed(transaction, 'OrgnlEndToEndId'),
    status,
    reasonCode: reasonOf(transaction) ?? reasonOf(part),
    detail: textAt(transaction, 'StsRsnInf/AddtlInf'),
  };
}

const reasonOf = (element: ReadElement | null): string | null =>
  textAt(element, 'StsRsnInf/Rsn/Cd', 'StsRsnInf/Rsn/Prtry');

function statusOf(code: string, at: ReadElement): PartStatus['status'] {
  const status = STATUSES[code];
  if (status === undefined) throw new Unreadable('REPORT_UNKNOWN_STATUS', at.line, code);
  return status;
}

function needed(element: ReadElement, path: string): string {
  const text = textAt(element, path);
  if (text === null) throw new Unreadable('REPORT_INCOMPLETE', element.line, path);
  return text;
}
