import { describe, expect, it } from '@jest/globals';

import { productOf } from './products.js';

const energy = { kind: 'energy', party: 'retailer', band: 'super-vazio', label: 'Super Vazio' };
const charge = (label: string, party = 'retailer') => ({ kind: 'fixed-charge', party, band: null, label });

describe('productOf', () => {
  it('is stable: energy by band, whatever its words; charges by their words', () => {
    expect(productOf(energy)).toEqual({
      code: 'ENERGIA-SUPER-VAZIO',
      description: 'Energia elétrica, super vazio',
      type: 'P',
    });
    expect(productOf({ ...energy, label: 'x' })).toEqual(productOf(energy));
    expect(productOf({ ...energy, kind: 'energy-export' }).code).toBe('INJECAO-SUPER-VAZIO');
    expect(productOf(charge('Potência contratada')).code).toMatch(/^ENCARGO-POTENCIA-CONTRATADA-[0-9A-F]{6}$/);
    expect(productOf(charge('Gestão', 'bpo')).code).toMatch(/^SERVICO-GESTAO-[0-9A-F]{6}$/);
  });

  it('never gives two names one code', () => {
    expect(productOf(charge('Taxa (A)')).code).not.toBe(productOf(charge('Taxa A')).code);
  });

  it('knows duties and charges of the state from services', () => {
    const types = ['Imposto especial de consumo (IEC)', 'Contribuição audiovisual', 'Taxa DGEG', 'Potência'];
    expect(types.map((label) => productOf(charge(label)).type)).toEqual(['E', 'I', 'I', 'S']);
  });
});
