import { describe, expect, it } from '@jest/globals';

import { productOf } from './products.js';

const energy = { kind: 'energy', party: 'retailer', band: 'super-vazio', label: 'Super Vazio', code: null };
const charge = (label: string, { party = 'retailer', code = null }: { party?: string; code?: string | null } = {}) => ({
  kind: 'fixed-charge',
  party,
  band: null,
  label,
  code,
});

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
    expect(productOf(charge('Gestão', { party: 'bpo' })).code).toMatch(/^SERVICO-GESTAO-[0-9A-F]{6}$/);
  });

  it('is a charge by its code, whatever it is called', () => {
    const power = charge('Potência contratada', { code: 'contracted-power' });
    expect(productOf(power).code).toMatch(/^ENCARGO-CONTRACTED-POWER-[0-9A-F]{6}$/);
    const types = ['iec', 'cav', 'dgeg', 'fee-spot'].map((code) => productOf(charge('Taxa', { code })).type);
    expect(types).toEqual(['E', 'I', 'I', 'S']);
    expect(productOf(charge('Serviço com IEC à parte', { code: 'fee-spot' })).type).toBe('S');
    expect(productOf(charge('Contribuição audiovisual', { code: 'own' })).type).toBe('I');
  });

  it('never gives two names one code', () => {
    expect(productOf(charge('Taxa (A)')).code).not.toBe(productOf(charge('Taxa A')).code);
  });

  it('knows duties and charges of the state from services', () => {
    const types = ['Imposto especial de consumo (IEC)', 'Contribuição audiovisual', 'Taxa DGEG', 'Potência'];
    expect(types.map((label) => productOf(charge(label)).type)).toEqual(['E', 'I', 'I', 'S']);
  });
});
