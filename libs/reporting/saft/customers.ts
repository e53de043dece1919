import type { PartySnapshot } from '#libs/invoicing/document.entity.js';
import { FINAL_CONSUMER_NIF } from '#libs/invoicing/fiscal/tax-number.js';

import { fiscalText } from './fiscal-text.js';
import type { SaftCustomer } from './saft-facts.js';
import type { XmlElement } from './xml.js';

/** Who gave no tax number is the one generic customer (Portaria 302/2016, 2.2: Consumidor final). */
export const FINAL_CONSUMER = 'Consumidor final';

/** The tax number a document states for its customer. */
export function taxNumber({ nif }: Pick<PartySnapshot, 'nif'>): string {
  const given = nif?.trim() ?? '';
  return given === '' ? FINAL_CONSUMER_NIF : given;
}

/**
 * CustomerID of whoever a document names. A customer whose tax number changed within the month is another one in it:
 * `latest` has the last tax number of those, by customer; documents with an earlier one name `customer/number`.
 */
export function customerCode({ customerId, customer }: SaftCustomer, latest: ReadonlyMap<string, string>): string {
  const number = taxNumber(customer);
  if (number === FINAL_CONSUMER_NIF) return FINAL_CONSUMER;
  const last = latest.get(customerId) ?? number;
  return fiscalText(last === number ? customerId : `${customerId}/${number}`, 30);
}

export function customerElement(named: SaftCustomer, latest: ReadonlyMap<string, string>): XmlElement {
  const { customer } = named;
  const code = customerCode(named, latest);
  const address = { address: customer.address, postalCode: customer.postalCode, city: customer.city };
  return element(code, { ...address, number: taxNumber(customer), name: customer.name, country: customer.country });
}

export const finalConsumerElement = (): XmlElement =>
  element(FINAL_CONSUMER, {
    number: FINAL_CONSUMER_NIF,
    name: FINAL_CONSUMER,
    address: null,
    postalCode: null,
    city: null,
    country: 'Desconhecido',
  });

interface Named {
  readonly number: string;
  readonly name: string;
  readonly address: string | null;
  readonly postalCode: string | null;
  readonly city: string | null;
  readonly country: string | undefined;
}

function element(code: string, { number, name, address, postalCode, city, country }: Named): XmlElement {
  return [
    'Customer',
    [
      ['CustomerID', code],
      ['AccountID', 'Desconhecido'],
      ['CustomerTaxID', fiscalText(number, 30)],
      ['CompanyName', fiscalText(name, 100)],
      [
        'BillingAddress',
        [
          ['AddressDetail', fiscalText(address, 210)],
          ['City', fiscalText(city, 50)],
          ['PostalCode', fiscalText(postalCode, 20)],
          ['Country', country ?? 'PT'],
        ],
      ],
      ['SelfBillingIndicator', '0'],
    ],
  ];
}
