import { createHash } from 'node:crypto';

import { fiscalText } from './fiscal-text.js';
import type { SaftLine } from './saft-facts.js';
import type { XmlElement } from './xml.js';

/** P goods, S services, E excise duties, I other taxes and charges of the state (the schema's annotation of ProductType). */
export type ProductType = 'P' | 'S' | 'E' | 'I';

export interface Product {
  readonly code: string;
  readonly description: string;
  readonly type: ProductType;
}

/** What the codes of a price plan are: IEC an excise duty, CAV and DGEG charges of the state, the others services. */
const BY_CODE: Readonly<Record<string, ProductType>> = {
  iec: 'E',
  cav: 'I',
  dgeg: 'I',
  'contracted-power': 'S',
  'retailer-fixed-term': 'S',
  discount: 'S',
  'fee-spot': 'S',
  'fee-kwh': 'S',
  'fee-invoice': 'S',
};

/** Charges of a code of one's own, or of none, that are taxes go by what the retailer's bill calls them. */
const BY_WORDS: readonly (readonly [RegExp, ProductType])[] = [
  [/\bIEC\b|imposto especial/i, 'E'],
  [/audiovisual|\bCAV\b|\bDGEG\b/i, 'I'],
];

export type ProductFacts = Pick<SaftLine, 'kind' | 'party' | 'band' | 'label' | 'code'>;

/**
 * The product that a line sells. Stable: energy by its band, a charge by its code (where none is known, by its words)
 * and six digits of the SHA-256 of its words, so that no two names share one.
 */
export function productOf({ kind, party, band, label, code }: ProductFacts): Product {
  if (kind === 'energy' || kind === 'energy-export') {
    const [prefix, what] =
      kind === 'energy' ? ['ENERGIA', 'Energia elétrica'] : ['INJECAO', 'Energia elétrica injetada'];
    const name = band === null ? '' : `, ${band.replaceAll('-', ' ')}`;
    return { code: `${prefix}${band === null ? '' : `-${slug(band)}`}`, description: `${what}${name}`, type: 'P' };
  }
  const description = fiscalText(label, 200, 'Encargo').padEnd(2, '.');
  const digits = createHash('sha256').update(description).digest('hex').slice(0, 6).toUpperCase();
  const prefix = party === 'bpo' ? 'SERVICO' : 'ENCARGO';
  return { code: `${prefix}-${slug(code ?? description)}-${digits}`, description, type: typeOf(code, label) };
}

function typeOf(code: string | null, label: string): ProductType {
  return BY_CODE[code ?? ''] ?? BY_WORDS.find(([words]) => words.test(label))?.[1] ?? 'S';
}

function slug(text: string): string {
  const letters = text.normalize('NFD').replace(/\p{Mark}/gu, '');
  return letters
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40);
}

export function productElement({ code, description, type }: Product): XmlElement {
  return [
    'Product',
    [
      ['ProductType', type],
      ['ProductCode', code],
      ['ProductDescription', description],
      ['ProductNumberCode', code],
    ],
  ];
}
