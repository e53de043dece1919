import { HttpException } from '@nestjs/common';

import type { Problem as ProblemDocument, ProblemIssue } from './api-types.js';

/** What a schema says is wrong (Standard Schema's issue; zod adds `keys` where a key is not known). */
export interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

function fieldOf(issue: Issue): string {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  const unknownKey = issue.keys?.[0];
  return [...path, ...(unknownKey === undefined ? [] : [unknownKey])].join('.');
}

/** An answer that is no success, as RFC 9457 has it. `code` is stable: clients may rely on `/problems/<code>`. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly field: string | undefined;
  readonly issues: readonly ProblemIssue[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    title: string,
    detail: string,
    more: {
      readonly field?: string;
      readonly issues?: readonly ProblemIssue[];
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    } = {},
  ) {
    super(detail, { cause: more.cause });
    this.status = status;
    this.code = code;
    this.title = title;
    this.field = more.field;
    this.issues = more.issues;
    this.headers = more.headers ?? {};
  }

  get document(): ProblemDocument {
    return {
      type: `/problems/${this.code}`,
      title: this.title,
      status: this.status,
      detail: this.message,
      ...(this.field === undefined ? {} : { field: this.field }),
      ...(this.issues === undefined ? {} : { issues: [...this.issues] }),
    };
  }

  static notSignedIn(): Problem {
    return new Problem(401, 'not-signed-in', 'Not signed in', 'Sign in, or send a bearer token that is still valid.', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }

  static notAllowed(action: string): Problem {
    return new Problem(403, 'not-allowed', 'Not allowed', `Your role does not include ${action}.`);
  }

  static notFound(what: string): Problem {
    return new Problem(404, 'not-found', 'Not found', `There is no ${what} here that you may see.`);
  }

  /** `parameter` names the whole where the schema is of a single parameter. */
  static invalid(issues: readonly Issue[], parameter?: string): Problem {
    const named = (issue: Issue): string => fieldOf(issue) || (parameter ?? '');
    const [first] = issues;
    const field = first === undefined ? '' : named(first);
    const detail = issues.map((issue) => `${named(issue)}: ${issue.message}`.replace(/^: /, '')).join('; ');
    return new Problem(400, 'invalid-input', 'Invalid input', detail, { field });
  }

  static invalidField(field: string, detail: string): Problem {
    return new Problem(400, 'invalid-input', 'Invalid input', detail, { field });
  }

  /** The same with everything that is wrong, for a document that a person wrote. */
  static invalidDocument(code: string, title: string, issues: readonly Issue[]): Problem {
    const told = issues.map((issue) => ({ field: fieldOf(issue), message: issue.message }));
    const detail = told.map(({ field, message }) => `${field}: ${message}`.replace(/^: /, '')).join('; ');
    return new Problem(400, code, title, detail, { field: told[0]?.field ?? '', issues: told });
  }

  static refused(detail: string, code = 'refused'): Problem {
    return new Problem(409, code, 'Refused', detail);
  }

  static workflowsAway(kept: string, cause: unknown): Problem {
    return new Problem(503, 'workflows-away', 'Workflow server away', kept, { cause, headers: { 'retry-after': '5' } });
  }
}

/** The codes of what the framework itself answers. */
const FRAMEWORK_CODES: Readonly<Record<number, readonly [code: string, title: string, detail: string]>> = {
  400: ['malformed', 'Malformed request', 'The request could not be understood.'],
  404: ['not-found', 'Not found', 'There is nothing at this address.'],
  405: ['method-not-allowed', 'Method not allowed', 'This address does not take this method.'],
  413: ['too-large', 'Too large', 'The request body is larger than 1 MiB (imports: 12 MiB).'],
  415: ['unsupported-media-type', 'Unsupported media type', 'Send application/json in UTF-8.'],
  429: ['too-many-requests', 'Too many requests', 'Wait a little before the next request.'],
};

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500;
}

/** PostgreSQL's classes of "this is no such value": text with a NUL, a number out of range, no uuid. */
const NO_SUCH_VALUE = new Set(['22021', '22P05', '22P02', '22003', '22007', '22008']);

function isNoSuchValue(error: unknown): boolean {
  return error instanceof Error && 'code' in error && NO_SUCH_VALUE.has(String(error.code));
}

/** Any thrown thing as a problem. What is not expected tells nothing of the inside. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Error && 'type' in error && error.type === 'entity.parse.failed') {
    return new Problem(400, 'malformed-json', 'Malformed JSON', 'The request body is not valid JSON.', {
      cause: error,
    });
  }
  if (isNoSuchValue(error)) {
    return new Problem(400, 'invalid-input', 'Invalid input', 'A value in the request cannot be one.', {
      cause: error,
    });
  }
  const status = statusOf(error);
  const known = FRAMEWORK_CODES[status];
  if (known !== undefined) return new Problem(status, known[0], known[1], known[2], { cause: error });
  if (status < 500)
    return new Problem(status, 'bad-request', 'Bad request', 'The request was not accepted.', { cause: error });
  const detail = 'Something failed on our side; it is in the log. Nothing was half done: try again.';
  return new Problem(500, 'internal', 'Internal error', detail, { cause: error });
}
