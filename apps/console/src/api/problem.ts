import type { Problem, ProblemIssue } from '#apps/backoffice/api-types.js';

/**
 * A refusal of the back office (RFC 9457), or the network's own silence (`status` 0).
 * `code` is the last part of the problem's stable `type`: `/problems/<code>`.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly field: string | null = null,
    /** Everything that is wrong with what was sent, where the back office lists it. */
    readonly issues: readonly ProblemIssue[] = [],
  ) {
    super(detail);
  }

  static unreachable(): ApiError {
    return new ApiError(0, 'unreachable', '');
  }

  /** What came back instead of a success: a problem document, or anything a proxy on the way may have said. */
  static fromAnswer(status: number, body: unknown): ApiError {
    if (!isProblem(body)) return new ApiError(status, `http-${status}`, '');
    const code = body.type.split('/').at(-1) ?? '';
    return new ApiError(status, code, body.detail ?? body.title ?? '', body.field ?? null, body.issues ?? []);
  }
}

function isProblem(body: unknown): body is Pick<Problem, 'type'> & Partial<Problem> {
  return typeof body === 'object' && body !== null && 'type' in body && typeof body.type === 'string';
}
