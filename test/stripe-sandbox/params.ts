import { ApiError } from './api-error.js';
import type { Form, FormValue } from './form.js';

/** Reads the parameters of one request and refuses those nobody asked for, as Stripe does. */
export class Params {
  private readonly known = new Set<string>(['expand']);

  constructor(
    private readonly form: Form,
    /** the parameter that this one is nested in */
    private readonly parent?: string,
  ) {}

  private nameOf(name: string): string {
    return this.parent === undefined ? name : `${this.parent}[${name}]`;
  }

  private value(name: string): FormValue | undefined {
    this.known.add(name);
    const value = this.form[name];
    return value === '' ? undefined : value;
  }

  private invalid(message: string, name: string, code?: string): ApiError {
    const param = this.nameOf(name);
    return ApiError.invalid(`${message}: ${param}`, code === undefined ? { param } : { param, code });
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value !== undefined && typeof value !== 'string') throw this.invalid('Invalid string', name);
    return value;
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw this.invalid('Missing required param', name, 'parameter_missing');
    return value;
  }

  /** One of some words; Stripe says which ones it knows. */
  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found === undefined) throw this.invalid(`Invalid ${name}: must be one of ${words.join(', ')}`, name);
    return found;
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d+$/.test(value)) throw this.invalid(`Invalid integer ${value}`, name, 'parameter_invalid_integer');
    return Number(value);
  }

  flag(name: string): boolean {
    return this.text(name) === 'true';
  }

  list(name: string): string[] | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.invalid('Invalid array', name);
    return value.map(String);
  }

  nested(name: string): Params | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (typeof value === 'string' || Array.isArray(value)) throw this.invalid('Invalid object', name);
    return new Params(value, this.nameOf(name));
  }

  nestedList(name: string): Params[] {
    const value = this.value(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw this.invalid('Invalid array', name);
    return value.map((item, index) => {
      const place = `${name}][${index}`;
      if (typeof item === 'string' || Array.isArray(item)) throw this.invalid('Invalid object', place);
      return new Params(item, this.nameOf(place));
    });
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

  get expand(): readonly string[] {
    const expand = this.form['expand'];
    return Array.isArray(expand) ? expand.map(String) : [];
  }

  refuseUnknown(): void {
    for (const name of Object.keys(this.form)) {
      if (!this.known.has(name)) throw this.invalid('Received unknown parameter', name, 'parameter_unknown');
    }
  }
}
