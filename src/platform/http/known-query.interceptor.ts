import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  SetMetadata,
} from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';
import { DomainError } from '../errors/domain-error.js';

const ANY_QUERY = 'any-query';

/** Whatever may stand in the route's query: it reads that by itself, or has no use for it. */
export const TakesAnyQuery = (): MethodDecorator => SetMetadata(ANY_QUERY, true);

/**
 * Refuses a query on routes of the API that take none, by names, as the validation pipe refuses unknown fields where
 * there is a DTO. Routes outside the base path are left out: what probes and links carry is not for us to refuse.
 */
@Injectable()
export class KnownQueryInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { query, routeOptions } = context.switchToHttp().getRequest<FastifyRequest>();
    const names = Object.keys(query as object);
    if (names.length > 0 && routeOptions.url?.startsWith('/api/v1/') && !takesQuery(context)) {
      const errors = names.map((path) => ({ path, message: `property ${path} should not exist` }));
      const summary = errors.map(({ message }) => message).join('; ');
      throw new DomainError('VALIDATION_FAILED', 'malformed', summary, { errors });
    }
    return next.handle();
  }
}

function takesQuery(context: ExecutionContext): boolean {
  const handler = context.getHandler();
  if (Reflect.getMetadata(ANY_QUERY, handler)) return true;
  const parameters = Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), handler.name) as
    object | undefined;
  return Object.keys(parameters ?? {}).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
}
