import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { DatabaseWatch } from '../database/database-watch.js';
import { databaseUnavailable } from '../errors/domain-error.js';
import { sendProblem } from './problem.filter.js';

/** These answer without the database. */
const INDEPENDENT = /^\/(health\/live|metrics|api\/docs|api\/openapi\.json)/;

/**
 * While the database is away every request is refused at once with 503, and those that were waiting for it when
 * it went away are answered the same: clients learn within 5 s, and no queue builds up.
 */
export function addAvailabilityGate(app: NestFastifyApplication): void {
  const watch = app.get(DatabaseWatch);
  const waiting = new Set<FastifyReply>();
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    if (INDEPENDENT.test(request.url)) return done();
    if (watch.away) return done(databaseUnavailable());
    waiting.add(reply);
    done();
  });
  fastify.addHook('onResponse', (_request, reply, done) => {
    waiting.delete(reply);
    done();
  });
  watch.onAway(() => {
    for (const reply of waiting) {
      if (!reply.sent && !reply.raw.headersSent) sendProblem(databaseUnavailable(), reply.request, reply);
    }
  });
}
