import type { InvoiceWords } from './invoice-words.js';

export const EN: InvoiceWords = {
  locale: 'en-GB',
  titles: { FT: 'Invoice', FS: 'Simplified invoice', FR: 'Invoice and receipt', NC: 'Credit note' },
  issued: (date) => `Issued on ${date}`,
  taxNumber: 'Tax number',
  customer: 'Customer',
  finalConsumer: 'final consumer',
  customerNumber: (id) => `Customer no. ${id}`,
  rows: {
    period: 'Period',
    due: 'Due date',
    paid: 'Paid on',
    corrects: 'Corrects',
    installation: 'Installation',
    condominium: 'Condominium',
    spot: 'Spot',
    spots: 'Spots',
  },
  period: (from, to) => `${from} to ${to}`,
  correctedInvoice: (number, date) => `${number} of ${date}`,
  toPay: 'Total to pay',
  toCredit: 'Total credited',
  paidInFull: 'Total paid',
  receipt: {
    headline: (date) => `Paid from the prepaid balance on ${date}`,
    explanation: () => 'This document is the receipt too. You need not do anything.',
  },
  directDebit: {
    headline: (date) => `Direct debit on ${date}`,
    explanation: ({ last4 }) =>
      `The amount will be collected from the account ${last4 === null ? '' : `ending in ${last4} `}of your SEPA mandate. You need not do anything.`,
  },
  prepaid: {
    headline: (date) => `Prepaid balance on ${date}`,
    explanation: () =>
      'The amount will be taken from your balance. If it does not suffice, we tell you what is missing.',
  },
  transfer: {
    headline: (date) => `Bank transfer by ${date}`,
    explanation: ({ number, iban, reference, hasMultibanco }) =>
      [
        iban === null ? '' : `IBAN ${iban}. `,
        reference === null ? `Please quote ${number}.` : `Payment reference ${reference}.`,
        hasMultibanco ? ' Or by Multibanco or MB WAY, in your portal.' : '',
      ].join(''),
  },
  credit: {
    headline: (number) => `Corrects invoice ${number}`,
    explanation: (reason) => `Reason: ${reason}`,
  },
  energyByBand: (month) => `Energy of ${month} by tariff band`,
  summary: 'Summary, without VAT',
  parts: {
    energy: 'Energy charged',
    feedIn: 'Energy fed back to the grid',
    charges: 'Other charges of the retailer',
    fees: 'Service (contract with condominium)',
  },
  adjustments: (month) => `Adjustments of ${month}`,
  vat: {
    title: 'VAT summary',
    rate: 'Rate',
    base: 'Base',
    vat: 'VAT',
    net: 'Total without VAT',
    gross: 'Total with VAT',
    noTax: 'No VAT charged',
    perLine: 'VAT is rounded to the cent on each line.',
    perGroup: 'VAT is rounded to the cent once per rate.',
  },
  report: 'Charging report',
  creditedReport: 'Amounts credited',
  columns: {
    band: 'Tariff band',
    hours: 'Hours',
    energy: 'Energy',
    price: 'Price per kWh',
    vat: 'VAT',
    value: 'Amount',
    charge: 'Description',
  },
  spot: (name, charger) => `Spot ${name}${charger === null ? '' : ` (${charger})`}`,
  otherValues: 'Other amounts',
  continued: ' (continued)',
  fedBack: 'energy fed back to the grid (credit)',
  netTotal: 'Total without VAT',
  charged: (from, to, energy) => `Total charged from ${from} to ${to}: ${energy}`,
  fedBackTotal: (energy, credit) => `Fed back to the grid: ${energy}, in your favour ${credit}`,
  estimated: (energy, error) => `estimated ${energy}${error === null ? '' : `, worst-case error ${error}`}`,
  averagePrice: '† average price; calculated per quarter-hour',
  feesSource: (issuer) => `Amounts of ${issuer}; they are no part of the electricity retailer's bill.`,
  feesOf: 'service',
  adjustmentsNote: 'The difference between what should have been invoiced for that month and what was invoiced.',
  meters: 'Meter readings',
  meterColumns: ['Spot', 'Charger', 'First reading', 'Last reading', 'Difference'],
  notes: {
    questions: (email, number) =>
      `Any question about this document? Write to ${email} and quote ${number}. Each amount above comes from stored readings of the charger's meter, which you can see in your portal.`,
    estimated: (energy) =>
      `Estimated energy: ${energy}. Between two readings more than 15 minutes apart, the energy was divided among the tariff bands in proportion to time. The measured total does not change.`,
    prices:
      "Energy and charges at the prices of the condominium's electricity retailer, without VAT. Each line is rounded to the cent; totals are sums of lines.",
    metersDiffer:
      'The difference between readings may not equal the invoiced energy: only energy of charging sessions inside the month is invoiced.',
    complaints: 'Electronic complaints book: www.livroreclamacoes.pt',
    credit:
      'This credit note reduces what you owe on the corrected invoice; if you have paid it, the amount stays in your favour.',
  },
  page: (number, count) => `Page ${number} of ${count}`,
  fiscal: {
    cashVat: 'IVA – regime de caixa (VAT is due when it is paid)',
    uncertified: 'Program not certified by the Portuguese tax authority yet: the document is not valid for tax.',
  },
};
