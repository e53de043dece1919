import { describe, expect, it } from '@jest/globals';

import { preNotificationText, type PreNotificationFacts } from './pre-notification.js';

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
  hasMandate: true,
  mandateLast4: null,
  payUrl: 'https://chazemo.example/my-money',
};
const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

describe('the pre-notification', () => {
  it.each([
    ['direct-debit', 'será debitada na sua conta por débito direto em 15/07/2026'],
    ['prepaid', 'será descontada do seu saldo pré-pago em 15/07/2026'],
    ['transfer', 'por transferência para o IBAN PT50 0002 0123 1234 5678 9015 4 até 15/07/2026'],
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

  it('names the account that is debited', () => {
    const facts = { ...FACTS, mandateLast4: '0154' };
    expect(preNotificationText(facts).body).toContain('na sua conta terminada em 0154 por débito direto');
    expect(preNotificationText({ ...facts, language: 'en' }).body).toContain('your account ending in 0154 by direct');
  });

  it('promises no debit to whom signed no mandate: it says how to sign and how to pay', () => {
    const facts = { ...FACTS, hasMandate: false };
    const pt = preNotificationText(facts).body;
    expect(pt).toContain('Ainda não temos uma autorização sua de débito direto em vigor');
    expect(pt).toContain('por transferência para o IBAN PT50 0002 0123 1234 5678 9015 4, com a referência RF');
    const en = preNotificationText({ ...facts, language: 'en' }).body;
    expect(en).toContain('We have no valid direct debit mandate of yours');
    expect(pt + en).not.toMatch(/será debitada|will be collected|Não precisa|need not/);
  });

  it.each(['pt', 'en'] as const)('leads to the page where one pays, when its address is known (%s)', (language) => {
    const link = 'https://chazemo.example/my-money';
    expect(preNotificationText({ ...FACTS, language }).body).toContain(link);
    expect(preNotificationText({ ...FACTS, language, type: 'FR' }).body).not.toContain(link);
    expect(preNotificationText({ ...FACTS, language, payUrl: null }).body).not.toContain('null');
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
