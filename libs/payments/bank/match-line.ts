import { allocatePayment, type OpenDocument, type WantedDocument } from '../allocate-payment.js';
import { customerReference, paymentReference } from '../payment-reference.js';
import { documentNumberSearch, referencesIn, type DocumentNumberSearch } from './references-in-text.js';

export type FoundBy = 'reference' | 'document-number' | 'customer-number' | 'payer' | 'name' | 'amount';

/** What the matching must know of a line that brought money in. */
export interface LineToMatch {
  readonly amountCents: number;
  readonly text: string;
  readonly reference: string | null;
  readonly counterpartyName: string | null;
  readonly counterpartyHash: string | null;
}

/** An invoice of the issuer; one that is paid may still be named by its payer. */
export interface MatchDocument extends OpenDocument {
  readonly customerId: string;
  /** Given up of it: owed again only when the payer names the invoice. */
  readonly writtenOffCents?: number;
}

export interface MatchCandidates {
  readonly documents: readonly MatchDocument[];
  readonly customers: readonly { readonly customerId: string; readonly name: string }[];
  /** Who a payer's money was for before, by the hash of the account. */
  readonly payers: ReadonlyMap<string, readonly string[]>;
}

/** Where money goes: to an invoice, or (null) to what the customer has paid ahead. */
export interface MatchPart {
  readonly customerId: string;
  readonly documentId: string | null;
  readonly amountCents: number;
}

export interface Proposal {
  readonly foundBy: FoundBy;
  /** The parts are the line's amount. */
  readonly parts: readonly MatchPart[];
}

export interface LineMatch {
  /** Nobody has to look at it. */
  readonly certain: Proposal | null;
  /** For a person, the likeliest first; when there is a certain one, empty. */
  readonly proposals: readonly Proposal[];
}

const MOST_PROPOSALS = 5;
/** Shorter ones stand in any text by chance, and so do years. */
const LEAST_CUSTOMER_NUMBER = 4;
const isYear = (text: string): boolean => /^(19|20)\d\d$/.test(text);

/** A copy of ours, so that what one line pays is no more due for the next. */
type Known = Omit<MatchDocument, 'dueCents'> & { dueCents: number };

/**
 * Decides whose the money of a line is. Certain is: a reference with its check digits that leads to one customer; a
 * document number, a customer number or a payer seen before, each only together with the exact amount of an invoice or of
 * all that is due. Everything else is a proposal.
 */
export class LineMatcher {
  readonly #byCustomer = new Map<string, Known[]>();
  readonly #byNumber = new Map<string, Known>();
  readonly #byReference = new Map<string, { readonly customerId: string; readonly documentId: string | null }>();
  readonly #customers: ReadonlyMap<string, string>;
  readonly #payers: MatchCandidates['payers'];
  readonly #numbers: DocumentNumberSearch;

  constructor({ documents, customers, payers }: MatchCandidates) {
    this.#payers = payers;
    this.#customers = new Map(customers.map(({ customerId, name }) => [customerId, name]));
    for (const { customerId } of customers) {
      this.#byCustomer.set(customerId, []);
      this.#byReference.set(customerReference({ customerId }), { customerId, documentId: null });
    }
    for (const given of documents) {
      const document = { ...given };
      const { customerId, documentId, numberText } = document;
      this.#byNumber.set(numberText, document);
      this.#byReference.set(paymentReference({ numberText }), { customerId, documentId });
      this.#byCustomer.set(customerId, [...(this.#byCustomer.get(customerId) ?? []), document]);
    }
    this.#numbers = documentNumberSearch(this.#byNumber.keys());
  }

  match(line: LineToMatch): LineMatch {
    const { amountCents } = line;
    const proposals: Proposal[] = [];
    for (const found of this.#findings(line)) {
      const customers = [...new Set(found.wanted.map(({ customerId }) => customerId))];
      const [customerId, ...others] = customers;
      if (customerId === undefined) continue;
      const wanted = found.wanted.flatMap(({ documentId }) => (documentId === null ? [] : [{ documentId }]));
      if (others.length > 0) {
        const shared = this.#sharedExactly(wanted, amountCents);
        if (shared !== null) return { certain: { foundBy: found.foundBy, parts: shared }, proposals: [] };
        for (const one of customers) proposals.push(this.#proposal(found.foundBy, one, amountCents, wanted));
        continue;
      }
      const exact = found.foundBy === 'reference' ? wanted : this.#exactly(customerId, amountCents, wanted);
      const proposal = this.#proposal(found.foundBy, customerId, amountCents, exact ?? wanted);
      if (exact !== null && found.canBeCertain) return { certain: proposal, proposals: [] };
      proposals.push(proposal);
    }
    return { certain: null, proposals: distinct(proposals).slice(0, MOST_PROPOSALS) };
  }

  /** These parts were booked: they are not due any more. */
  paid(parts: readonly MatchPart[]): void {
    for (const { customerId, documentId, amountCents } of parts) {
      const document = this.#byCustomer.get(customerId)?.find((one) => one.documentId === documentId);
      if (document !== undefined) document.dueCents -= amountCents;
    }
  }

  /** Signs of whose it is, the strongest first. */
  #findings(line: LineToMatch) {
    const { text, reference, counterpartyHash, counterpartyName, amountCents } = line;
    const words = `${reference ?? ''} ${text}`;
    const ofCustomer = (customerId: string) => ({ customerId, documentId: null });
    const numbered = this.#numbers.in(words).flatMap((number) => this.#byNumber.get(number) ?? []);
    const payers = counterpartyHash === null ? [] : (this.#payers.get(counterpartyHash) ?? []);
    const named = this.#customerNumbers(words);
    return [
      {
        foundBy: 'reference' as const,
        canBeCertain: true,
        wanted: referencesIn(words, this.#byReference).flatMap((found) => this.#byReference.get(found) ?? []),
      },
      { foundBy: 'document-number' as const, canBeCertain: true, wanted: numbered },
      {
        foundBy: 'customer-number' as const,
        canBeCertain: !named.some(isYear),
        wanted: named.map(ofCustomer),
      },
      { foundBy: 'payer' as const, canBeCertain: true, wanted: payers.map(ofCustomer) },
      { foundBy: 'name' as const, canBeCertain: false, wanted: this.#names(counterpartyName, text).map(ofCustomer) },
      { foundBy: 'amount' as const, canBeCertain: false, wanted: this.#ofAmount(amountCents) },
    ];
  }

  #customerNumbers(text: string): string[] {
    const tokens = new Set(text.toUpperCase().split(/[^\p{L}\p{N}]+/u));
    return [...this.#customers.keys()].filter(
      (customerId) => customerId.length >= LEAST_CUSTOMER_NUMBER && tokens.has(customerId.toUpperCase()),
    );
  }

  #names(counterpartyName: string | null, text: string): string[] {
    const said = plain(`${counterpartyName ?? ''} ${text}`);
    return [...this.#customers].flatMap(([customerId, name]) => {
      const words = plain(name).trim().split(' ');
      return words.length >= 2 && words.every((word) => said.includes(` ${word} `)) ? [customerId] : [];
    });
  }

  #ofAmount(amountCents: number): MatchDocument[] {
    return [...this.#byNumber.values()].filter(({ dueCents }) => dueCents === amountCents).slice(0, MOST_PROPOSALS);
  }

  /** Invoices of several customers that were named, and whose dues are the amount to the cent. */
  #sharedExactly(wanted: readonly WantedDocument[], amountCents: number): MatchPart[] | null {
    const documents = [...this.#byNumber.values()].filter(({ documentId }) =>
      wanted.some((one) => one.documentId === documentId),
    );
    const sum = documents.reduce((total, { dueCents }) => total + Math.max(0, dueCents), 0);
    if (sum !== amountCents) return null;
    return documents
      .filter(({ dueCents }) => dueCents > 0)
      .map(({ customerId, documentId, dueCents }) => ({ customerId, documentId, amountCents: dueCents }));
  }

  /** What the amount pays to the cent: what was named, all that is due, or one invoice; null when nothing is. */
  #exactly(
    customerId: string,
    amountCents: number,
    wanted: readonly WantedDocument[],
  ): readonly WantedDocument[] | null {
    const open = (this.#byCustomer.get(customerId) ?? []).filter(({ dueCents }) => dueCents > 0);
    const sumOf = (documents: readonly MatchDocument[]) => documents.reduce((sum, { dueCents }) => sum + dueCents, 0);
    const named = (this.#byCustomer.get(customerId) ?? [])
      .filter(({ documentId }) => wanted.some((one) => one.documentId === documentId))
      .map(withGivenUp)
      .filter(({ dueCents }) => dueCents > 0);
    if (named.length > 0) return sumOf(named) === amountCents ? wanted : null;
    if (wanted.length > 0) return null;
    if (sumOf(open) === amountCents) return open.some(({ debitInFlight }) => debitInFlight === true) ? null : [];
    const one = open.filter(({ dueCents, debitInFlight }) => dueCents === amountCents && debitInFlight !== true);
    const oldest = one.toSorted((a, b) => (a.dueDate < b.dueDate ? -1 : 1))[0];
    return oldest === undefined ? null : [{ documentId: oldest.documentId }];
  }

  #proposal(foundBy: FoundBy, customerId: string, amountCents: number, wanted: readonly WantedDocument[]): Proposal {
    const documents = (this.#byCustomer.get(customerId) ?? []).map((document) => {
      const isNamed = wanted.some(({ documentId }) => documentId === document.documentId);
      return isNamed ? withGivenUp(document) : document;
    });
    return { foundBy, parts: partsFor(customerId, documents, amountCents, wanted) };
  }
}

function withGivenUp(document: MatchDocument): MatchDocument {
  return { ...document, dueCents: document.dueCents + (document.writtenOffCents ?? 0) };
}

/** A customer's money over their invoices; what is beyond is paid ahead. */
export function partsFor(
  customerId: string,
  documents: readonly OpenDocument[],
  amountCents: number,
  wanted: readonly WantedDocument[] = [],
): MatchPart[] {
  const { parts, restCents } = allocatePayment(documents, amountCents, wanted);
  const ahead = restCents === 0 ? [] : [{ customerId, documentId: null, amountCents: restCents }];
  return [...parts.map((part) => Object.assign({ customerId }, part)), ...ahead];
}

function plain(text: string): string {
  const bare = text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
  return ` ${bare} `;
}

function distinct(proposals: readonly Proposal[]): Proposal[] {
  const seen = new Map<string, Proposal>();
  for (const proposal of proposals) {
    const key = JSON.stringify(proposal.parts);
    if (!seen.has(key)) seen.set(key, proposal);
  }
  return [...seen.values()];
}
