import { ApiError } from './api-error.js';
import type { Form, FormValue } from './form.js';

/** Reads the parameters of one request and refuses those nobody asked for, as Stripe does. */
export class Params {
  private readonly known = new Set<string>(['expand']);

  constructor(private readonly form: Form) {}

  private value(name: string): FormValue | undefined {
    this.known.add(name);
    const value = this.form[name];
    return value === '' ? undefined : value;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value !== undefined && typeof value !== 'string')
      throw ApiError.invalid(`Invalid string: ${name}`, { param: name });
    return value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) {
      throw ApiError.invalid(`Missing required param: ${name}.`, { code: 'parameter_missing', param: name });
    }
    return value;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) throw ApiError.invalid(`Invalid integer: ${value}`, { param: name });
    return Number(value);
  }

  flag(name: string): boolean {
    return this.text(name) === 'true';
  }

  list(name: string): string[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw ApiError.invalid(`Invalid array: ${name}`, { param: name });
    return value.map(String);
  }

  nested(name: string): Params | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' || Array.isArray(value)) {
      throw ApiError.invalid(`Invalid object: ${name}`, { param: name });
    }
    return new Params(value);
  }

  /** `allowed_payment_method_types`, which since 2026-09-30.endive stands where `payment_method_types` was. */
  allowedTypes(): string[] | undefined {
    if (this.form['payment_method_types'] !== undefined) {
      throw ApiError.invalid('payment_method_types is no longer supported: use allowed_payment_method_types.', {
        code: 'payment_method_types_no_longer_supported',
        param: 'payment_method_types',
      });
    }
    return this.list('allowed_payment_method_types');
  }

  texts(name: string): Record<string, string> | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string' || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]));
  }

  /** Accepted and of no consequence here. */
  ignore(...names: readonly string[]): void {
    for (const name of names) this.known.add(name);
  }

  expands(field: string): boolean {
    const expand = this.form['expand'];
    return Array.isArray(expand) && expand.includes(field);
  }

  refuseUnknown(): void {
    for (const name of Object.keys(this.form)) {
      if (this.known.has(name)) continue;
      throw ApiError.invalid(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name });
    }
  }
}
