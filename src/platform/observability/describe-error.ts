/** Longest piece of a failed statement that a log line repeats. */
const QUERY_LENGTH = 500;

/**
 * An error as the log shows it: what failed and where. The parameters of a failed query and the row that a
 * constraint refused stay out, because they may hold personal data and secrets.
 */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, constraint, query } = error as { code?: unknown; constraint?: unknown; query?: unknown };
  return {
    type: error.name,
    message: error.message || messagesWithin(error),
    stack: error.stack,
    ...(code !== undefined && { errorCode: code }),
    ...(constraint !== undefined && { constraint }),
    ...(typeof query === 'string' && { query: query.slice(0, QUERY_LENGTH) }),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}

/** A refused connection to a name with several addresses is an AggregateError without a message. */
function messagesWithin(error: Error): string {
  const { errors } = error as { errors?: unknown };
  return Array.isArray(errors) ? errors.map((inner: Error) => inner.message).join('; ') : '';
}
