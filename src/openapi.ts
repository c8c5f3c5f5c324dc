import { MetadataScanner, ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { type InputClass, limitBodies, limitQuery } from './openapi-limits.js';
import { completeOperation, type Operation, type RouteMetadata } from './openapi-policies.js';
import { Config, problemResponse } from './platform/index.js';

type PathItem = OpenAPIObject['paths'][string];

/** Builds the OpenAPI 3.1 description of every route. */
export function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const settings = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tributary')
    .setDescription(
      'Partner marketing over one honest ledger. Amounts are decimal strings; times are RFC 3339 in UTC. ' +
        'Every error is an `application/problem+json` with a stable `code`.',
    )
    .setVersion('1')
    .setLicense('AGPL-3.0-only', 'https://www.gnu.org/licenses/agpl-3.0.html')
    .addServer('/')
    .addBearerAuth()
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: 'Authorization',
        description: 'A statistics token, raw or as Bearer',
      },
      'statisticToken',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'query',
        name: 'token',
        description: 'A statistics token, in the link of a feed',
      },
      'statisticTokenInLink',
    )
    .build();
  const document = SwaggerModule.createDocument(app, settings, { operationIdFactory: operationId });
  const routes = routesOf(app);
  const { rateLimits } = app.get(Config);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of operationsOf(item)) {
      const { read, inputs } = routes.get(operation.operationId ?? '') ?? UNKNOWN;
      completeOperation(operation, { method, path, read }, rateLimits);
      for (const input of inputs) limitQuery(operation, input);
    }
  }
  limitBodies(
    document.components?.schemas ?? {},
    [...routes.values()].flatMap(({ inputs }) => inputs),
  );
  document.paths['/r/{code}'] = trackingLink();
  document.paths['/b/{code}'] = banner();
  return document;
}

/** Serves the description at `/api/openapi.json` and a page at `/api/docs`, made at the first request. */
export function serveOpenApi(app: NestFastifyApplication): void {
  SwaggerModule.setup('api/docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'api/openapi.json',
    customSiteTitle: 'Tributary API',
  });
}

function operationId(controller: string, method: string): string {
  return `${controller}_${method}`;
}

function operationsOf(item: PathItem): [string, Operation][] {
  const { get, put, post, delete: remove, patch } = item;
  return Object.entries({ get, put, post, delete: remove, patch }).filter(
    (entry): entry is [string, Operation] => entry[1] !== undefined,
  );
}

interface Route {
  readonly read: RouteMetadata;
  readonly inputs: readonly InputClass[];
}
const UNKNOWN: Route = { read: () => undefined, inputs: [] };

/** Every route by its operation id. */
function routesOf(app: NestFastifyApplication): Map<string, Route> {
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = modules.flatMap((module) => [...module.controllers.values()]);
  const routes = new Map<string, Route>();
  const scanner = new MetadataScanner();
  for (const { metatype } of controllers) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as Record<string, unknown>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[method] as object;
      routes.set(operationId(metatype.name, method), {
        read: (key): unknown => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, metatype),
        inputs: inputsOf(prototype, method),
      });
    }
  }
  return routes;
}

/** Classes of a handler's parameters, and of the body that it reads by itself. */
function inputsOf(prototype: Record<string, unknown>, method: string): InputClass[] {
  const parameters = (Reflect.getMetadata('design:paramtypes', prototype, method) ?? []) as InputClass[];
  const documented = (Reflect.getMetadata('swagger/apiParameters', prototype[method] as object) ?? []) as {
    type?: unknown;
  }[];
  const classes = documented.map(({ type }) => type).filter((type) => typeof type === 'function');
  return [...parameters, ...(classes as unknown as InputClass[])];
}

const CODE = {
  name: 'code',
  in: 'path',
  required: true,
  description: 'Code of the promo',
  schema: { type: 'string' },
  example: 'k7Qm2xVb',
} as const;

/** The tracking link is answered before the framework sees the request. */
function trackingLink(): PathItem {
  return {
    get: {
      operationId: 'TrackingLink_follow',
      tags: ['tracking'],
      summary: 'Follow a tracking link to the promo’s landing',
      description:
        'Records the visit, durably, then redirects to the promo’s landing with the visit’s id added. Every query ' +
        'parameter is kept with the visit (the first of equal names, at most 64, 8 KiB) for postbacks and reports.',
      parameters: [CODE],
      responses: {
        302: {
          description: 'To the landing',
          headers: {
            Location: {
              description: 'The landing’s address with the visit’s id',
              schema: { type: 'string', format: 'uri' },
            },
          },
        },
        404: {
          description: 'No promo has this code',
          content: { 'text/html': { schema: { type: 'string' } } },
        },
        503: problemResponse(503),
      },
    },
  };
}

/** Like the tracking link, answered before the framework. */
function banner(): PathItem {
  return {
    get: {
      operationId: 'Banner_show',
      tags: ['tracking'],
      summary: 'Fetch the image of a promo’s banner, as its embed code does',
      description:
        'Counts an impression (of bots apart, of HEAD none), then redirects to the uploaded image, which may be kept ' +
        'for good; this answer may not. No cookie is set and nothing is kept of who asks.',
      parameters: [CODE],
      responses: {
        302: {
          description: 'To the image',
          headers: {
            Location: {
              description: 'Path of the image',
              schema: { type: 'string', format: 'uri-reference' },
            },
          },
        },
        404: {
          description: 'No promo has this code, or it shows no uploaded image',
          content: { 'text/html': { schema: { type: 'string' } } },
        },
        503: problemResponse(503),
      },
    },
  };
}
