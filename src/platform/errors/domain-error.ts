/** What went wrong in terms of the domain; the HTTP filter maps each kind to one status. */
export type ErrorKind =
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'too_large'
  | 'unsupported'
  | 'invalid'
  | 'too_many'
  | 'unavailable';

/** One faulty field of a request: where it stands and what form it must have. */
export interface FieldError {
  path: string;
  message: string;
}

export interface ErrorDetails {
  errors?: FieldError[];
  /** Whole seconds after which a retry makes sense; becomes the `Retry-After` header. */
  retryAfterSeconds?: number;
  [extra: string]: unknown;
}

/** A refusal that a client can act on. It knows no HTTP: `code` is stable, `message` is for people. */
export class DomainError extends Error {
  constructor(
    readonly code: string,
    readonly kind: ErrorKind,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.name = 'DomainError';
  }
}

/**
 * Another transaction was faster, and this one had not seen it: run again, it does (the unit of work does that). What
 * clients get to see when it is lost again and again.
 */
export class LostRace extends DomainError {
  constructor(code: string, message: string) {
    super(code, 'unavailable', message, { retryAfterSeconds: 1 });
  }
}

/** Whole seconds after which a request that the database could not serve may be sent again. */
const DATABASE_RETRY_AFTER_SECONDS = 5;

/** 503 while the database does not answer. */
export function databaseUnavailable(): DomainError {
  return new DomainError(
    'DATABASE_UNAVAILABLE',
    'unavailable',
    'The database does not answer; try again soon.',
    { retryAfterSeconds: DATABASE_RETRY_AFTER_SECONDS },
  );
}

/** 404 for a thing that does not exist or that belongs to another tenant; the two look the same. */
export function notFound(thing: string): DomainError {
  return new DomainError('NOT_FOUND', 'not_found', `There is no such ${thing}.`);
}

/** 400 that names one field and the right form: for what could be told from the request alone. */
export function malformedField(path: string, message: string, code = 'VALIDATION_FAILED'): DomainError {
  return new DomainError(code, 'malformed', `${path}: ${message}`, { errors: [{ path, message }] });
}

/** 422 that names one field and the right form. */
export function invalidField(path: string, message: string, code = 'VALIDATION_FAILED'): DomainError {
  return new DomainError(code, 'invalid', `${path}: ${message}`, { errors: [{ path, message }] });
}

/** Does what is about the part `part` of a request; fields that it refuses are named as the whole request has them. */
export async function withinPart<T>(part: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DomainError) || !error.details.errors) throw error;
    const { code, kind, message, details } = error;
    const errors = error.details.errors.map((fault) => ({ ...fault, path: `${part}.${fault.path}` }));
    const named = error.details.errors.some(({ path }) => message.startsWith(`${path}: `));
    throw new DomainError(code, kind, named ? `${part}.${message}` : message, { ...details, errors });
  }
}
