/** One faulty field. */
export class ProblemFieldError {
  /** @example "amount" */
  path: string;
  /** @example "must be above zero" */
  message: string;
}

/** An error as RFC 9457 describes it (application/problem+json). */
export class Problem {
  /** @example "about:blank" */
  type: string;
  /** @example "Unprocessable Content" */
  title: string;
  /** @example 422 */
  status: number;
  /** What went wrong, for people. */
  detail: string;
  /**
   * Path of the request.
   * @example "/api/v1/partner/cashouts"
   */
  instance: string;
  /**
   * Stable code, for programs.
   * @example "INVALID_AMOUNT"
   */
  code: string;
  /** The faulty fields, when the fault is in the input. */
  errors: ProblemFieldError[];
  /** Identifier of the request, also in the `X-Request-Id` header and in the log. */
  requestId: string;
}
