import { describe, expect, it } from '@jest/globals';

import { managerReportText } from './texts.js';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');

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
