import { childrenOf, elementAt, readXml, textAt, type ReadElement } from '../xml/read-xml.js';
import {
  balanceProblem,
  MOST_LINES,
  MOST_PROBLEMS,
  withoutIbans,
  type BankStatement,
  type ReadStatements,
  type StatementLine,
  type StatementProblem,
} from './statement.js';

const OPENING = ['OPBD', 'PRCD'];
const CLOSING = ['CLBD'];
/** Of a statement in several pages: where a page begins and ends. */
const BETWEEN = 'ITBD';
const DECIMALS = 2;

/** Reads a bank-to-customer statement, camt.053.001.02 or .08: booked entries only, balances checked. */
export function readCamt053(bytes: Uint8Array): ReadStatements {
  const read = readXml(bytes);
  if ('refused' in read) {
    const { code, line, detail } = read.refused;
    return { problems: [{ row: line, column: null, message: `${code}: ${detail}` }] };
  }
  const message = elementAt(read.root, 'BkToCstmrStmt');
  if (message === null || !/camt\.053\.001\.\d\d$/.test(read.namespace)) {
    return { problems: [{ row: read.root.line, column: null, message: `no camt.053 statement: ${read.namespace}` }] };
  }
  const problems: StatementProblem[] = [];
  const statements = childrenOf(message, 'Stmt').map((element) => new StatementReader(element, problems).read());
  if (statements.length === 0) problems.push({ row: message.line, column: 'Stmt', message: 'there is no statement' });
  return problems.length > 0 ? { problems: problems.slice(0, MOST_PROBLEMS) } : { statements };
}

/** One `Stmt`; what cannot be read is a problem, and the reading goes on so that all are told at once. */
class StatementReader {
  readonly #statement: ReadElement;
  readonly #problems: StatementProblem[];
  #currency = '';

  constructor(statement: ReadElement, problems: StatementProblem[]) {
    this.#statement = statement;
    this.#problems = problems;
  }

  read(): BankStatement {
    const statement = this.#statement;
    const balances = childrenOf(statement, 'Bal');
    const booked = childrenOf(statement, 'Ntry').filter((entry) => isBooked(entry));
    if (booked.length > MOST_LINES) this.#problem(statement, 'Ntry', `more than ${MOST_LINES} entries: split the file`);
    this.#currency = textAt(statement, 'Acct/Ccy') ?? elementAt(balances[0] ?? null, 'Amt')?.attributes['Ccy'] ?? 'EUR';
    const lines = booked.flatMap((entry) => this.#lines(entry));
    const days = lines.map(({ bookedOn }) => bookedOn).toSorted();
    const opening = balanceOf(balances, OPENING, 0);
    const closing = balanceOf(balances, CLOSING, -1);
    const read: BankStatement = {
      format: 'camt.053',
      statementId: textAt(statement, 'Id'),
      iban: textAt(statement, 'Acct/Id/IBAN'),
      currency: this.#currency,
      openedOn: this.#spanEnd('FrDtTm', opening) ?? days[0] ?? '',
      closedOn: this.#spanEnd('ToDtTm', closing) ?? days.at(-1) ?? '',
      openingCents: opening === null ? null : this.#signed(opening),
      closingCents: closing === null ? null : this.#signed(closing),
      lines,
    };
    if (read.openedOn === '') this.#problem(statement, 'FrToDt', 'the statement says of no day that it is of');
    if (opening === null || closing === null) this.#problem(statement, 'Bal', 'opening or closing balance is missing');
    const unbalanced = this.#problems.length === 0 ? balanceProblem(read) : null;
    if (unbalanced !== null) this.#problem(statement, 'Bal', unbalanced.message);
    return read;
  }

  #spanEnd(name: 'FrDtTm' | 'ToDtTm', balance: ReadElement | null): string | null {
    const text = textAt(this.#statement, `FrToDt/${name}`) ?? textAt(balance, 'Dt/Dt', 'Dt/DtTm');
    return text?.slice(0, 10) ?? null;
  }

  /** One line an entry; a batch whose payments are told one by one is one line each. */
  #lines(entry: ReadElement): StatementLine[] {
    const whole = this.#line(entry, null, this.#signed(entry));
    const payments = childrenOf(entry, 'NtryDtls').flatMap((details) => childrenOf(details, 'TxDtls'));
    const [only] = payments;
    if (payments.length <= 1) return [this.#line(entry, only ?? null, whole.amountCents)];
    const amounts = payments.map((payment) => this.#paymentCents(payment, entry));
    const sum = amounts.reduce<number | null>(
      (total, cents) => (total === null || cents === null ? null : total + cents),
      0,
    );
    if (sum !== whole.amountCents) return [whole];
    return payments.map((payment, index) => this.#line(entry, payment, amounts[index] ?? 0));
  }

  #line(entry: ReadElement, payment: ReadElement | null, amountCents: number): StatementLine {
    const bookedOn = this.#day(entry, 'BookgDt');
    const parties = elementAt(payment, 'RltdPties');
    const payer = amountCents >= 0 ? 'Dbtr' : 'Cdtr';
    const said = childrenOf(elementAt(payment, 'RmtInf'), 'Ustrd').map(({ text }) => text);
    const texts = [...said, textAt(payment, 'AddtlTxInf'), textAt(entry, 'AddtlNtryInf')];
    const ids = ['Refs/TxId', 'Refs/AcctSvcrRef'];
    const bankReferences = [textAt(entry, 'AcctSvcrRef') ?? textAt(entry, 'NtryRef'), textAt(payment, ...ids)];
    const told = bankReferences.filter((text) => text !== null);
    return {
      at: entry.line,
      bookedOn,
      valueOn: elementAt(entry, 'ValDt') === null ? bookedOn : this.#day(entry, 'ValDt'),
      amountCents,
      bankReference: told.length === 0 ? null : [...new Set(told)].join('/'),
      text: withoutIbans([...new Set(texts.filter((text) => text !== null))].join(' ').replace(/\s+/g, ' ')),
      reference: textAt(payment, 'RmtInf/Strd/CdtrRefInf/Ref'),
      counterpartyName: textAt(parties, `${payer}/Nm`, `${payer}/Pty/Nm`),
      counterpartyIban: textAt(parties, `${payer}Acct/Id/IBAN`),
      endToEndId: knownId(textAt(payment, 'Refs/EndToEndId')),
      paymentInformationId: textAt(payment, 'Refs/PmtInfId') ?? textAt(entry, 'NtryDtls/Btch/PmtInfId'),
      returnCode: textAt(payment, 'RtrInf/Rsn/Cd', 'RtrInf/Rsn/Prtry'),
    };
  }

  #paymentCents(payment: ReadElement, entry: ReadElement): number | null {
    const amount =
      elementAt(payment, 'Amt') ??
      elementAt(payment, 'AmtDtls/TxAmt/Amt') ??
      elementAt(payment, 'AmtDtls/InstdAmt/Amt');
    if (amount === null) return null;
    const cents = this.#cents(amount);
    return (textAt(payment, 'CdtDbtInd') ?? textAt(entry, 'CdtDbtInd')) === 'DBIT' ? -cents : cents;
  }

  /** Amount and direction of a balance or an entry. */
  #signed(element: ReadElement): number {
    const amount = elementAt(element, 'Amt');
    const direction = textAt(element, 'CdtDbtInd');
    if (amount === null) this.#problem(element, 'Amt', 'is missing');
    if (direction !== 'CRDT' && direction !== 'DBIT') this.#problem(element, 'CdtDbtInd', 'is neither CRDT nor DBIT');
    const cents = amount === null ? 0 : this.#cents(amount);
    return direction === 'DBIT' ? 0 - cents : cents;
  }

  #cents(amount: ReadElement): number {
    const currency = amount.attributes['Ccy'];
    if (currency !== this.#currency) {
      this.#problem(amount, 'Amt', `is in ${String(currency)}, the account in ${this.#currency}`);
    }
    const parts = /^(\d{1,12})(?:\.(\d{1,5}))?$/.exec(amount.text);
    const fraction = (parts?.[2] ?? '').replace(/0+$/, '');
    if (parts === null || fraction.length > DECIMALS) {
      this.#problem(amount, 'Amt', `"${amount.text.slice(0, 30)}" is no amount in cents`);
      return 0;
    }
    return Number(parts[1]) * 100 + Number(fraction.padEnd(DECIMALS, '0'));
  }

  #day(entry: ReadElement, name: 'BookgDt' | 'ValDt'): string {
    const text = textAt(entry, `${name}/Dt`, `${name}/DtTm`)?.slice(0, 10) ?? '';
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return text;
    this.#problem(entry, name, 'is no day');
    return '';
  }

  #problem(element: ReadElement, column: string, message: string): void {
    this.#problems.push({ row: element.line, column, message });
  }
}

/** `Sts` is a text in version 02 and an element with a code in version 08; pending entries may yet vanish. */
const isBooked = (entry: ReadElement): boolean => textAt(entry, 'Sts/Cd', 'Sts') === 'BOOK';

/** What SEPA writes where the payer gave no id. */
const knownId = (id: string | null): string | null => (id === 'NOTPROVIDED' ? null : id);

function balanceOf(balances: readonly ReadElement[], codes: readonly string[], between: 0 | -1): ReadElement | null {
  const coded = (code: string) => balances.filter((balance) => textAt(balance, 'Tp/CdOrPrtry/Cd') === code);
  for (const code of codes) {
    const found = coded(code)[0];
    if (found !== undefined) return found;
  }
  return coded(BETWEEN).at(between) ?? null;
}
