import { ApiError } from './api-error.js';

/** Reads the JSON of one order to the sandbox. */
export class OrderBody {
  constructor(private readonly body: Record<string, unknown>) {}

  /** A whole number from 0. */
  number(name: string, fallback = 0): number {
    const value = this.body[name] ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
      throw ApiError.invalid(`${name} must be >= 0`, { param: name });
    }
    return value;
  }

  text(name: string): string | undefined {
    const value = this.body[name];
    if (value !== undefined && typeof value !== 'string') {
      throw ApiError.invalid(`${name} must be text`, { param: name });
    }
    return value;
  }

  flag(name: string): boolean | undefined {
    const value = this.body[name];
    if (value !== undefined && typeof value !== 'boolean') {
      throw ApiError.invalid(`${name} must be true or false`, { param: name });
    }
    return value;
  }

  has(name: string): boolean {
    return this.body[name] !== undefined;
  }

  oneOf<T extends string>(name: string, words: readonly T[], fallback?: T): T {
    const value = this.body[name] ?? fallback;
    const word = words.find((one) => one === value);
    if (word === undefined) throw ApiError.invalid(`${name} must be one of ${words.join(', ')}`, { param: name });
    return word;
  }

  object(name: string): Record<string, unknown> {
    const value = this.body[name];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw ApiError.invalid(`${name} must be an object`, { param: name });
    }
    return value as Record<string, unknown>;
  }
}
