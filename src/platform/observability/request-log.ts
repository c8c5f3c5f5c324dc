import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { PinoLogger } from 'nestjs-pino';

/** Asked every few seconds by machines: of no use in the log. */
const UNLOGGED = /^\/(health\/|metrics$)/;

/**
 * Gives every log line of a request its id, and logs each request once, at its end, without its query string.
 * These are Fastify's hooks and not Nest's middleware: middleware runs once per mounted prefix, and not at all
 * for the documentation and for paths that do not exist.
 */
export async function addRequestLog(app: NestFastifyApplication): Promise<void> {
  const logger = await app.resolve(PinoLogger);
  const fastify = app.getHttpAdapter().getInstance();
  // Not onRequest: reading the body, in the socket's own context, would lose what is set there.
  fastify.addHook('preValidation', (request, _reply, done) => {
    logger.runInContext(done, { bindings: { requestId: request.id } });
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const path = request.url.split('?')[0]!;
    if (!UNLOGGED.test(path)) {
      const level = reply.statusCode >= 500 ? 'error' : 'info';
      PinoLogger.root[level](
        {
          requestId: request.id,
          method: request.method,
          path,
          statusCode: reply.statusCode,
          responseTimeMs: Math.round(reply.elapsedTime),
          remoteAddress: request.ip,
        },
        'request completed',
      );
    }
    done();
  });
}
