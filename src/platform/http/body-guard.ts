import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError, type FieldError } from '../errors/domain-error.js';
import { sendProblem } from './problem.filter.js';

/** No body of the API is nested deeper; deeper ones would only exhaust the stack of what walks them. */
const DEEPEST = 32;

/** Names that every object has from its prototype: as fields they would be taken for what is always there. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * Why a parsed JSON body cannot be taken: nested too deeply, a field with a reserved name, or a text with half of a
 * surrogate pair, which no UTF-8 text can hold. Null when it can.
 */
export function bodyFault(body: unknown): FieldError | null {
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > DEEPEST) {
      return { path: 'body', message: `must not be nested deeper than ${DEEPEST} levels` };
    }
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string' && !value.isWellFormed()) {
        return { path: 'body', message: 'must not hold half of a surrogate pair' };
      }
      if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value)) {
        for (const [name, item] of Object.entries(value)) {
          if (RESERVED.has(name)) return { path: name, message: 'is reserved and no name of a field' };
          below.push(name, item);
        }
      }
    }
    level = below;
  }
  return null;
}

/**
 * Refuses bodies that nothing behind can digest with 400, before anything walks them. Sync batches are left out:
 * they are large, and their own parser takes them apart item by item.
 */
export function addBodyGuard(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  // No route takes it, and JSON that is sent as such would count as a body without fields.
  fastify.removeContentTypeParser('text/plain');
  fastify.addHook('preValidation', (request, reply, done) => {
    const fault = request.url.startsWith('/api/sync/') ? null : bodyFault(request.body);
    if (fault === null) return done();
    const { path, message } = fault;
    const details = { errors: [fault] };
    sendProblem(
      new DomainError('MALFORMED_BODY', 'malformed', `${path}: ${message}`, details),
      request,
      reply,
    );
  });
}
