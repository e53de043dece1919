import { isValidIban, normaliseIban } from '../iban.js';
import { isValidBic, sepaText } from './sepa-text.js';
import { xml, type XmlElement } from './xml-element.js';

/** A name has 70 characters in SEPA, though ISO 20022 allows 140. */
const NAME_CHARACTERS = 70;

/** Who pays or is paid, and from which account. */
export interface SepaParty {
  readonly name: string;
  readonly iban: string;
  /** Not needed within SEPA since 2016 (EU 260/2012 art. 5(7)): IBAN only. */
  readonly bic?: string;
}

/** What is wrong with a party, or null. */
export function partyProblem({
  name,
  iban,
  bic,
}: SepaParty): 'SEPA.NAME_MISSING' | 'SEPA.IBAN_INVALID' | 'SEPA.BIC_INVALID' | null {
  if (!isValidIban(iban)) return 'SEPA.IBAN_INVALID';
  if (sepaText(name, NAME_CHARACTERS) === '') return 'SEPA.NAME_MISSING';
  return bic === undefined || isValidBic(bic) ? null : 'SEPA.BIC_INVALID';
}

export const partyElement = (tag: string, { name }: SepaParty): XmlElement =>
  xml(tag, [xml('Nm', sepaText(name, NAME_CHARACTERS))]);

export const accountElement = (tag: string, { iban }: SepaParty, currency: string | null = null): XmlElement =>
  xml(tag, [xml('Id', [xml('IBAN', normaliseIban(iban))]), currency === null ? null : xml('Ccy', currency)]);

/** The bank; `BIC` became `BICFI` in the messages of 2019. */
export const bankElement = (tag: string, { bic }: SepaParty, bicTag: 'BIC' | 'BICFI'): XmlElement =>
  xml(tag, [xml('FinInstnId', [bic === undefined ? xml('Othr', [xml('Id', 'NOTPROVIDED')]) : xml(bicTag, bic)])]);
