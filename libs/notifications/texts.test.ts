import { describe, expect, it } from '@jest/globals';

import { managerReportText, preNotificationText, type PreNotificationFacts } from './texts.js';

const FACTS: PreNotificationFacts = {
  language: 'pt',
  customerName: 'Ana Silva',
  issuerName: 'ChaZeMo',
  supportEmail: 'suporte@chazemo.com',
  issuerIban: 'PT50000201231234567890154',
  numberText: 'FT CZM2026/1',
  type: 'FT',
  period: '2026-06',
  grossCents: 9_887,
  currency: 'EUR',
  dueDate: '2026-07-15',
  method: 'direct-debit',
};
const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the pre-notification', () => {
  it.each([
    ['direct-debit', 'será debitada na sua conta por débito direto em 15/07/2026'],
    ['prepaid', 'será descontada do seu saldo pré-pago em 15/07/2026'],
    ['transfer', 'por transferência para o IBAN PT50000201231234567890154 até 15/07/2026'],
  ])('says in Portuguese how %s is collected', (method, sentence) => {
    const text = preNotificationText({ ...FACTS, method });
    expect(spaced(text.subject)).toBe('Fatura FT CZM2026/1 – carregamento de junho de 2026 – 98,87 €');
    expect(spaced(text.body)).toContain('A sua fatura FT CZM2026/1, de 98,87 €,');
    expect(text.body).toContain(sentence);
    expect(text.body).toContain('suporte@chazemo.com');
  });

  it.each([
    ['direct-debit', 'by direct debit on 15/07/2026'],
    ['prepaid', 'deducted from your prepaid balance on 15/07/2026'],
    ['transfer', 'by 15/07/2026, quoting the reference RF'],
  ])('says in English how %s is collected', (method, sentence) => {
    const text = preNotificationText({ ...FACTS, language: 'en', method, issuerIban: null });
    expect(text.subject).toContain('Invoice FT CZM2026/1 – charging in June 2026');
    expect(text.body).toContain(sentence);
    expect(text.body).not.toContain('null');
  });

  it('says of an invoice-receipt that it is paid, and asks for nothing', () => {
    const facts = { ...FACTS, type: 'FR', numberText: 'FR CZM2026/1', method: 'prepaid' };
    const pt = preNotificationText(facts);
    expect(spaced(pt.body)).toContain('A sua fatura-recibo FR CZM2026/1, de 98,87 €, está paga');
    expect(pt.body).not.toContain('descontada');
    const en = preNotificationText({ ...facts, language: 'en' });
    expect(en.subject).toContain('Invoice-receipt FR CZM2026/1');
    expect(en.body).toContain('is paid: the amount was taken from your prepaid balance');
    expect(pt.body + en.body).not.toMatch(/15\/07\/2026|dessa data|that date/);
  });
});

describe('the manager report mail', () => {
  const facts = {
    managerName: 'Gestão Central',
    condominiumName: 'Condomínio Aurora',
    installationName: 'Edifício Aurora',
    issuerName: 'ChaZeMo',
    supportEmail: 'suporte@chazemo.com',
    period: '2026-06',
    invoices: 42,
    totalWh: 1_234_567,
    recoveredCents: 25_000,
    feesCents: 0,
    dueCents: 1_250,
    currency: 'EUR',
    bill: null,
  };

  it('carries the figures of the month in both languages', () => {
    const portuguese = managerReportText({ ...facts, language: 'pt' });
    expect(portuguese.subject).toBe('Edifício Aurora: relatório de carregamentos de junho de 2026');
    expect(spaced(portuguese.body)).toContain('Energia: 1.234,567 kWh\nFaturas emitidas: 42\n');
    expect(spaced(portuguese.body)).toContain('sem IVA: 250,00 €');
    expect(spaced(managerReportText({ ...facts, language: 'en' }).body)).toContain('Not yet paid: 12,50 €');
  });

  it("says where the retailer's bill went, and the service apart, where there is one", () => {
    const bill = { isEntered: true, billCents: 26_100, recoveredCents: 25_000, residualCents: 1_100 };
    const told = { ...facts, feesCents: 500, bill };
    expect(spaced(managerReportText({ ...told, language: 'pt' }).body)).toContain(
      'Serviço, sem IVA: 5,00 €\nFatura do comercializador, sem IVA: 261,00 €, dos quais 250,00 € recuperados e 11,00 € do condomínio\n',
    );
    const byTariff = { ...told, bill: { ...bill, isEntered: false }, language: 'en' } as const;
    expect(spaced(managerReportText(byTariff).body)).toContain(
      "Retailer's bill by the tariff, net of VAT: 261,00 €, of which 250,00 € recovered and 11,00 € the condominium's\n",
    );
    const without = managerReportText({ ...facts, language: 'pt' }).body;
    expect(without).not.toMatch(/Serviço|comercializador/);
  });
});
