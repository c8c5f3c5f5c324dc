import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import {
  DomainError,
  databaseUnavailable,
  type ErrorDetails,
  type ErrorKind,
  malformedField,
} from '../errors/domain-error.js';
import { sqlState } from '../database/unit-of-work.js';
import type { Problem } from './problem.dto.js';

/** Turns every error into an `application/problem+json` answer (RFC 9457) with the request's id. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // Refused already, because the database went away while it ran.
    if (reply.sent) return;
    const status = sendProblem(error, request, reply);
    if (hungUp(request)) return;
    if (status === 500) this.logger.error({ err: error }, 'Request failed');
    else if (isDataException(error)) this.logger.warn({ err: error }, 'The database refused a value');
    else if (isDatabaseAway(error)) this.logger.warn({ err: error }, 'The database was not to be had');
    else if (error instanceof DomainError && error.cause) this.logger.warn({ err: error }, error.message);
  }
}

/** Answers a request with the problem that an error means, and returns the answer's status. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): number {
  const refusal = hungUp(request) ? requestAborted() : refusalOf(error, request);
  const status = refusal ? statusOf(refusal, error) : 500;
  if (refusal?.details.retryAfterSeconds !== undefined) {
    void reply.header('retry-after', String(refusal.details.retryAfterSeconds));
  }
  void reply
    .status(status)
    .type('application/problem+json')
    .send(JSON.stringify(problem(refusal, status, request)));
  return status;
}

/**
 * Whether the client went away before its whole request was here. What is then thrown says ECONNRESET, as a lost
 * connection to the database does, but nothing of ours is at fault.
 */
function hungUp({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

/** Nobody reads this answer; the request's log line shows it. */
function requestAborted(): DomainError {
  return new DomainError(
    'REQUEST_ABORTED',
    'malformed',
    'The connection ended before the request was complete.',
  );
}

function problem(
  refusal: DomainError | null,
  status: number,
  request: FastifyRequest,
): Problem & ErrorDetails {
  const { errors = [], retryAfterSeconds: _header, ...extra } = refusal?.details ?? {};
  return {
    ...extra,
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: refusal?.message ?? 'Something went wrong on our side. Quote the request id when you report it.',
    instance: request.url.split('?')[0]!,
    code: refusal?.code ?? 'INTERNAL_ERROR',
    errors,
    requestId: request.id,
  };
}

function statusOf(refusal: DomainError, original: unknown): number {
  return original instanceof HttpException
    ? original.getStatus()
    : (httpStatusOf(original) ?? statusOfKind(refusal.kind));
}

/** The status that refusals of the kind are answered with. */
export function statusOfKind(kind: ErrorKind): number {
  switch (kind) {
    case 'malformed':
      return 400;
    case 'unauthenticated':
      return 401;
    case 'forbidden':
      return 403;
    case 'not_found':
      return 404;
    case 'conflict':
      return 409;
    case 'too_large':
      return 413;
    case 'unsupported':
      return 415;
    case 'invalid':
      return 422;
    case 'too_many':
      return 429;
    case 'unavailable':
      return 503;
  }
}

/** What of a request is looked at for the value that the database refused. */
type Given = Partial<Pick<FastifyRequest, 'query' | 'body'>>;

/** A refusal that can be told to the client, or null for a fault of ours. */
export function refusalOf(error: unknown, given: Given = {}): DomainError | null {
  if (error instanceof DomainError) return error;
  if (isDatabaseAway(error)) return databaseUnavailable();
  if (isDataException(error)) return malformedValue(given);
  const status = error instanceof HttpException ? error.getStatus() : httpStatusOf(error);
  if (status === undefined || (status >= 500 && status !== 503)) return null;
  return new DomainError(codeOfStatus(status), 'malformed', messageOf(error as Error, status));
}

/** The framework's message, without what it repeats of the address: a query may hold a token, a path is of any length. */
function messageOf({ message }: Error, status: number): string {
  if (status === 414) return 'A part of the path is longer than any that there is.';
  return message.replace(/^(Cannot [A-Z]+ [^?]*)\?.*$/s, '$1');
}

/** Most often a text with a NUL, which the database cannot hold: then the field is named. */
function malformedValue({ query, body }: Given): DomainError {
  const path = pathOfNul(query) ?? pathOfNul(body);
  if (path !== null) return malformedField(path, 'must not contain a NUL character', 'MALFORMED_VALUE');
  return new DomainError('MALFORMED_VALUE', 'malformed', 'A value in the request has a form that cannot be.');
}

/** Where in the value a text with a NUL stands; null for nowhere. */
function pathOfNul(value: unknown, path = ''): string | null {
  if (typeof value === 'string') return value.includes('\0') ? path : null;
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return null;
  for (const [name, inner] of Object.entries(value)) {
    const found = pathOfNul(inner, path ? `${path}.${name}` : name);
    if (found !== null) return found;
  }
  return null;
}

function codeOfStatus(status: number): string {
  return (STATUS_CODES[status] ?? 'Error').toUpperCase().replaceAll(/[^A-Z]+/g, '_');
}

/** Fastify's own errors (body too large, malformed JSON…) carry `statusCode` and a `FST_…` code. */
function httpStatusOf(error: unknown): number | undefined {
  const { statusCode, code } = (error ?? {}) as { statusCode?: unknown; code?: unknown };
  const fromFastify = typeof code === 'string' && code.startsWith('FST_');
  const malformedJson = error instanceof SyntaxError && statusCode === 400;
  return (fromFastify || malformedJson) && typeof statusCode === 'number' ? statusCode : undefined;
}

/**
 * Values that only the database found to be malformed: NUL in a text, a cursor that holds no UUID, a number or a
 * time out of range.
 */
const DATA_EXCEPTIONS = new Set(['22021', '22P05', '22P02', '22003', '22007', '22008']);

function isDataException(error: unknown): boolean {
  return DATA_EXCEPTIONS.has(sqlState(error) ?? '');
}

const CONNECTION_FAILURES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);

/** Connection exceptions, shutdown, too few resources, a statement or lock that took too long, a standby. */
const AWAY_STATES = /^(08|53|57P0|57014|55P03|25006)/;
const AWAY_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|Cannot use a pool after|not queryable/;
/** What TypeORM says when the connection was lost between two statements of a transaction. */
const LOST_CONNECTION = /^QueryRunner(Provider)?AlreadyReleasedError$/;

function isDatabaseAway(error: unknown): boolean {
  const code = sqlState(error) ?? (error as { code?: unknown } | null)?.code;
  if (typeof code === 'string' && (AWAY_STATES.test(code) || CONNECTION_FAILURES.has(code))) return true;
  return error instanceof Error && (AWAY_MESSAGES.test(error.message) || LOST_CONNECTION.test(error.name));
}
