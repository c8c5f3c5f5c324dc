import { type ArgumentsHost, HttpException, Logger, NotFoundException } from '@nestjs/common';
import { QueryFailedError, QueryRunnerAlreadyReleasedError } from 'typeorm';
import { beforeAll, describe, expect, it } from 'vitest';
import { DomainError, type ErrorKind } from '../errors/domain-error.js';
import { ProblemFilter } from './problem.filter.js';

beforeAll(() => Logger.overrideLogger(false));

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Record<string, unknown>;
}

function answerTo(error: unknown, raw = { destroyed: false, complete: true }, given: object = {}): Answer {
  const answer: Answer = { status: 0, headers: {}, body: {} };
  const reply = {
    sent: false,
    header: (name: string, value: string) => ((answer.headers[name] = value), reply),
    status: (status: number) => ((answer.status = status), reply),
    type: (type: string) => reply.header('content-type', type),
    send: (body: string) => ((answer.body = JSON.parse(body) as Record<string, unknown>), reply),
  };
  const http = {
    getRequest: () => ({ id: 'request-1', url: '/api/v1/x?secret=1', raw, ...given }),
    getResponse: () => reply,
  };
  new ProblemFilter().catch(error, { switchToHttp: () => http } as unknown as ArgumentsHost);
  return answer;
}

const queryFailed = (code: string, message = 'refused') =>
  new QueryFailedError('SELECT 1', [], Object.assign(new Error(message), { code }));

describe('ProblemFilter', () => {
  it.each<[ErrorKind, number]>([
    ['malformed', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not_found', 404],
    ['conflict', 409],
    ['invalid', 422],
    ['too_many', 429],
    ['unavailable', 503],
  ])('answers %s with %d', (kind, status) => {
    const { body, headers, ...answer } = answerTo(new DomainError('SOME_CODE', kind, 'Why.'));
    expect(answer.status).toBe(status);
    expect(headers['content-type']).toBe('application/problem+json');
    expect(body).toEqual({
      type: 'about:blank',
      title: expect.any(String) as string,
      status,
      detail: 'Why.',
      instance: '/api/v1/x',
      code: 'SOME_CODE',
      errors: [],
      requestId: 'request-1',
    });
  });

  it('passes fields, further details and the time to wait', () => {
    const errors = [{ path: 'amount', message: 'is too small' }];
    const { body, headers } = answerTo(
      new DomainError('LIMIT', 'too_many', 'x', {
        errors,
        retryAfterSeconds: 7,
        minimum: '10.00',
        status: 200,
      }),
    );
    expect(body).toMatchObject({ errors, minimum: '10.00', status: 429 });
    expect(body).not.toHaveProperty('retryAfterSeconds');
    expect(headers['retry-after']).toBe('7');
  });

  it('hides what is wrong on our side', () => {
    for (const error of [
      new Error('password=x'),
      queryFailed('42703', 'column "iban" does not exist'),
      null,
      'text',
    ]) {
      const { status, body } = answerTo(error);
      expect([status, body['code']]).toEqual([500, 'INTERNAL_ERROR']);
      expect(JSON.stringify(body)).not.toMatch(/password|iban/);
    }
  });

  it('keeps the status of the framework’s refusals', () => {
    expect(answerTo(new NotFoundException('Cannot GET /x?token=secret'))).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND', detail: 'Cannot GET /x' },
    });
    expect(answerTo(new HttpException('slow down', 429)).status).toBe(429);
    const tooLarge = Object.assign(new Error('Request body is too large'), {
      statusCode: 413,
      code: 'FST_ERR_CTP_BODY_TOO_LARGE',
    });
    expect(answerTo(tooLarge)).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
  });

  it.each([
    ['admin shutdown', queryFailed('57P01')],
    ['a connection that broke', queryFailed('08006')],
    ['too many connections', queryFailed('53300')],
    ['a statement that took too long', queryFailed('57014')],
    ['a standby, which only reads', queryFailed('25006')],
    ['a lock that was not to be had', queryFailed('55P03')],
    ['a refused connection', Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' })],
    ['a connection lost within a transaction', new QueryRunnerAlreadyReleasedError()],
    ['a full pool', new Error('timeout exceeded when trying to connect')],
    [
      'a connection cut under a query',
      new QueryFailedError('SELECT 1', [], new Error('Connection terminated unexpectedly')),
    ],
  ])('answers %s with 503 and Retry-After', (_, error) => {
    const { status, headers, body } = answerTo(error);
    expect([status, headers['retry-after'], body['code']]).toEqual([503, '5', 'DATABASE_UNAVAILABLE']);
  });

  it('tells a client that hung up from a database that did', () => {
    const reset = Object.assign(new Error('aborted'), { code: 'ECONNRESET', statusCode: 400 });
    expect(answerTo(reset, { destroyed: true, complete: false })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_ABORTED' },
    });
    expect(answerTo(reset, { destroyed: true, complete: true }).body['code']).toBe('DATABASE_UNAVAILABLE');
  });

  it.each(['22021', '22P05', '22P02', '22003', '22007', '22008'])(
    'answers a value that the database finds malformed (%s) with 400',
    (code) =>
      expect(answerTo(queryFailed(code))).toMatchObject({ status: 400, body: { code: 'MALFORMED_VALUE' } }),
  );

  it.each([
    ['the query', { query: { from: '2026-10-01', name: 'a\0b' } }, 'name'],
    ['the body', { query: {}, body: { lines: [{ text: 'a' }, { text: '\0' }] } }, 'lines.1.text'],
    ['neither', { query: { name: '\\0' }, body: Buffer.from('\0') }, null],
  ])('names the field where the database refused a NUL in %s', (_, given, path) => {
    const { body } = answerTo(queryFailed('22021'), undefined, given);
    const errors = path === null ? [] : [{ path, message: 'must not contain a NUL character' }];
    expect(body).toMatchObject({ code: 'MALFORMED_VALUE', errors });
  });
});
