import helmet from '@fastify/helmet';
import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppModule } from './app.module.js';
import {
  addAnyOrigin,
  addAvailabilityGate,
  addBodyGuard,
  addUploads,
  addRequestLog,
  answerParserError,
  closePromptly,
  HealthController,
  Ids,
  Jobs,
  type PlatformOptions,
  ProgramLogger,
  requestIdOf,
  sendProblem,
} from './platform/index.js';
import { serveOpenApi } from './openapi.js';
import { addSyncBodies, BannerHandler, RedirectHandler } from './tracking/index.js';

/** Tracking links are followed whatever hangs on them: request lines of 64 KiB and headers beside them. */
const MAX_HEADER_BYTES = 96 * 1024;

/** Controllers that do not stand under `/api/v1`. */
const OUTSIDE_PREFIX = [
  '/',
  'health/{*rest}',
  'metrics',
  'm/{*rest}',
  'api/dev/{*rest}',
  'api/sync/{*rest}',
  'api/customer/{*rest}',
  'api/ads/{*rest}',
  'feeds/{*rest}',
  'sign-up',
];

type RawHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** A request handler that stands before the framework, where every microsecond counts. */
export interface FastPath {
  handles(request: IncomingMessage): boolean;
  handle: RawHandler;
}

/**
 * Builds the initialised application; it does not listen yet, and background work does not run before
 * {@link startBackgroundWork}.
 * @param program the rooms; tests of the platform put their own in their place
 * @param fastPathTypes what answers before the framework, the busiest first
 */
export async function createApp(
  options: PlatformOptions,
  program: DynamicModule = AppModule.forRoot(options),
  fastPathTypes: readonly Type<FastPath>[] = [RedirectHandler, BannerHandler],
): Promise<NestFastifyApplication> {
  const fastPaths: FastPath[] = [];
  const adapter = createAdapter(options, fastPaths);
  const app = await NestFactory.create<NestFastifyApplication>(program, adapter, {
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(ProgramLogger));
  app.setGlobalPrefix('api/v1', {
    exclude: OUTSIDE_PREFIX.map((path) => ({ path, method: RequestMethod.ALL })),
  });
  await app.register(helmet, {
    hsts: { maxAge: 31_536_000 },
    contentSecurityPolicy: contentSecurityPolicy(),
  });
  addHooks(app);
  addAnyOrigin(app);
  addSyncBodies(app);
  await addRequestLog(app);
  addAvailabilityGate(app);
  await addUploads(app);
  addBodyGuard(app);
  serveOpenApi(app);
  await app.init();
  for (const type of fastPathTypes) fastPaths.push(app.get(type));
  return app;
}

/** Opens the queues, and begins to work on them unless the process is in the role `web`. */
export async function startBackgroundWork(app: NestFastifyApplication): Promise<void> {
  await app.get(Jobs).start();
}

/** Turns new requests away, lets those under way and the running jobs end, and closes everything. */
export async function stopApp(app: NestFastifyApplication): Promise<void> {
  await app.get(HealthController).drain();
  await app.close();
}

function createAdapter({ config, clock }: PlatformOptions, fastPaths: readonly FastPath[]): FastifyAdapter {
  const ids = new Ids(clock);
  return new FastifyAdapter({
    trustProxy: config.trustedProxies.length > 0 ? [...config.trustedProxies] : false,
    requestIdHeader: false,
    // The body guard refuses such names, and says which.
    onProtoPoisoning: 'ignore',
    onConstructorPoisoning: 'ignore',
    genReqId: (request: IncomingMessage) => requestIdOf(request) ?? ids.next(),
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: 'idle',
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
      sendProblem(error, request, reply.header('x-request-id', request.id));
    },
    clientErrorHandler: (error: NodeJS.ErrnoException, socket: Socket) => {
      answerParserError(error, socket, ids.next());
    },
    serverFactory: (handler: RawHandler) =>
      closePromptly(
        createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
          for (const path of fastPaths) {
            if (path.handles(request)) return path.handle(request, response);
          }
          handler(request, response);
        }),
      ),
  });
}

function addHooks(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-request-id', request.id);
    void reply.header('cache-control', 'no-store');
    // Clients send the JSON type with every POST; without a body there is nothing to parse.
    if (!hasBody(request)) delete request.headers['content-type'];
    done();
  });
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The documentation page needs inline styles and data images; nothing else shows HTML with scripts. */
function contentSecurityPolicy(): { directives: Record<string, string[] | null> } {
  return {
    directives: {
      defaultSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      scriptSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      upgradeInsecureRequests: null,
    },
  };
}
