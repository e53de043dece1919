import { describe, expect, it } from '@jest/globals';

import { writeLetter, type LetterFacts, type LetterStage } from './letters.js';

const FACTS: LetterFacts = {
  customerName: 'Ana Exemplo',
  numberText: 'FT CZM2026/7',
  due: '12,34 €',
  gross: '50,00 €',
  partlyPaid: true,
  dueDate: '15 de julho de 2026',
  cause: 'insufficient-funds',
  issuerName: 'Cobrança Lda',
  issuerEmail: 'contas@example.com',
  issuerIban: 'PT50002700000001234567833',
  reference: 'RF04 7FTC ZM20 26',
  payUrl: 'https://chazemo.example/my-money',
  ibanLast4: '0154',
  next: { stage: 'formal-notice', date: '4 de agosto de 2026' },
  suspendable: true,
  noticePeriod: '20 dias',
};
const STAGES: readonly LetterStage[] = ['notice', 'reminder', 'retry', 'formal-notice'];

describe.each(['pt', 'en'] as const)('a letter in %s', (language) => {
  it.each(STAGES)(
    '(%s) says what is due and for what, how to pay, what follows and when, how to question it',
    (stage) => {
      const { subject, body } = writeLetter(stage, FACTS, language);
      expect(subject).toContain('FT CZM2026/7');
      for (const part of ['Ana Exemplo', '12,34 €', '50,00 €', '15 de julho de 2026', '4 de agosto de 2026']) {
        expect(body).toContain(part);
      }
      expect(body).toContain('PT50002700000001234567833');
      expect(body).toContain(language === 'pt' ? 'Como pagar' : 'How to pay');
      expect(body).toContain(language === 'pt' ? 'O que se segue' : 'What happens next');
      expect(body).toMatch(
        language === 'pt' ? /não concorda.*contas@example\.com/ : /do not agree.*contas@example\.com/s,
      );
      expect(body).not.toMatch(/undefined|null|\[object/);
    },
  );

  it('of formal notice cites the law and its 20 days, the reason, how to avoid it and how to resume', () => {
    const { body } = writeLetter('formal-notice', FACTS, language);
    expect(body).toMatch(language === 'pt' ? /artigo 5\.º da Lei n\.º 23\/96/ : /article 5 of Portuguese Law 23\/96/);
    expect(body).toMatch(language === 'pt' ? /antecedência mínima de 20 dias/ : /at least 20 days ahead/);
    expect(body).toMatch(language === 'pt' ? /evita-se pagando.*retomado/ : /prevents the suspension.*resumed/);
    expect(body).toMatch(language === 'pt' ? /sexta-feira nem na véspera de feriado/ : /Friday or the eve of a public/);
  });

  it('names the reason in words, also for a code that only the provider knows', () => {
    const reason = (cause: string) => writeLetter('notice', { ...FACTS, cause }, language).body;
    expect(reason('insufficient_funds')).toBe(reason('insufficient-funds'));
    expect(reason('disputed')).toContain(language === 'pt' ? 'devolvido' : 'returned');
    expect(reason('heaven-knows')).toContain(language === 'pt' ? 'não pôde ser executado' : 'could not be executed');
  });

  it('of formal notice to who pays ahead announces no suspension', () => {
    const { body } = writeLetter('formal-notice', { ...FACTS, suspendable: false }, language);
    expect(body).not.toMatch(/23\/96/);
    expect(body).toMatch(language === 'pt' ? /não é suspenso/ : /is not suspended/);
  });

  it('of suspension says that sessions end as usual, no cable is locked in, and how it ends', () => {
    const { body } = writeLetter('suspended', { ...FACTS, next: null }, language);
    expect(body).toMatch(language === 'pt' ? /o cabo nunca fica preso/ : /a cable is never locked in/);
    expect(body).toMatch(language === 'pt' ? /retomado automaticamente/ : /resumed by itself/);
    expect(body).toContain('PT50002700000001234567833');
  });

  it('says by which reference, and on which page it is paid', () => {
    const { body } = writeLetter('reminder', FACTS, language);
    expect(body).toContain('RF04 7FTC ZM20 26');
    expect(body).toContain('https://chazemo.example/my-money');
    expect(writeLetter('reminder', { ...FACTS, payUrl: null }, language).body).not.toContain('MB WAY');
  });

  it('of resumption asks for nothing', () => {
    const { subject, body } = writeLetter('resumed', { ...FACTS, next: null }, language);
    expect(subject).toContain('FT CZM2026/7');
    expect(body).not.toContain('PT50002700000001234567833');
    expect(body).not.toMatch(/undefined|null/);
  });

  it('names the account only when it will be debited, and the issuer’s address when there is no IBAN', () => {
    expect(writeLetter('retry', FACTS, language).body).toContain('0154');
    expect(writeLetter('reminder', FACTS, language).body).not.toContain('0154');
    const poor = writeLetter('reminder', { ...FACTS, issuerIban: null, partlyPaid: false, next: null }, language);
    expect(poor.body).not.toContain('IBAN');
    expect(poor.body).not.toContain('50,00 €');
  });
});
