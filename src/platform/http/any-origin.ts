import { applyDecorators } from '@nestjs/common';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';

interface AnyOriginRouteConfig {
  anyOrigin?: boolean;
}

/** Pages of every origin may call the route and read its answer. It must need no credentials. */
export function AnyOrigin(): MethodDecorator {
  return applyDecorators(RouteConfig({ anyOrigin: true } satisfies AnyOriginRouteConfig));
}

/** Says so in every answer of routes marked by {@link AnyOrigin}, refusals too. */
export function addAnyOrigin(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      const { anyOrigin } = request.routeOptions.config as AnyOriginRouteConfig;
      if (anyOrigin) {
        void reply.headers({
          'access-control-allow-origin': '*',
          'cross-origin-resource-policy': 'cross-origin',
        });
      }
      done();
    });
}
