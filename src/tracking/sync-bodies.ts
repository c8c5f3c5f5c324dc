import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { NDJSON } from './backfill/backfills.service.js';
import { MAX_BATCH_BYTES } from './sync-json.js';
import { unsupportedSyncBody } from './tracking.errors.js';

const SYNC_PATH = '/api/sync/';
/** Where bodies are signed. */
const SIGNED_PATHS = [SYNC_PATH, '/api/v1/inbound/'];

/**
 * Leaves the bodies of batches, and of mails that are handed on, as the bytes that were sent: they are read after their signature was checked, and no byte
 * of them before. NDJSON is not even taken in: whoever handles the request reads the stream. To be called before the
 * application is initialised.
 */
export function addSyncBodies(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    if (route.url.startsWith(SYNC_PATH)) route.bodyLimit = MAX_BATCH_BYTES;
  });
  const { bodyLimit } = fastify.initialConfig;
  // The body guard refuses names that would poison prototypes, and says which.
  const parseJson = fastify.getDefaultJsonParser('ignore', 'ignore');
  app.useBodyParser('application/json', { bodyLimit: bodyLimit! }, (request: FastifyRequest, body, done) => {
    if (SIGNED_PATHS.some((path) => request.url.startsWith(path))) done(null, body);
    else void parseJson(request, body.toString(), done);
  });
  fastify.addContentTypeParser(NDJSON, (request, body, done) => {
    if (request.url.startsWith(SYNC_PATH)) done(null, body);
    else done(unsupportedSyncBody('content-type', 'must be application/json'));
  });
}
