import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { addressKey, DomainError, PUBLIC_ROUTE, RateLimits } from '../platform/index.js';
import { type Actor, STATISTIC_TOKEN_ROUTE, type StatisticTokenPlace } from './actor.js';
import { unauthenticated } from './identity.errors.js';
import { StatisticTokens } from './statistic-tokens.service.js';

/** Finds out who makes the request: by access token, or by statistics token on the routes made for it. */
@Injectable()
export class SignInGuard extends AuthGuard('jwt') {
  constructor(
    private readonly reflector: Reflector,
    private readonly statisticTokens: StatisticTokens,
    private readonly limits: RateLimits,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const read = <T>(key: string): T | undefined =>
      this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
    if (read<boolean>(PUBLIC_ROUTE)) return true;
    try {
      const place = read<StatisticTokenPlace>(STATISTIC_TOKEN_ROUTE);
      if (place) return await this.byStatisticToken(context, place);
      return (await super.canActivate(context)) as boolean;
    } catch (error) {
      this.countRefusal(error, context.switchToHttp().getRequest<FastifyRequest>());
      throw error;
    }
  }

  /** Wrong tokens are counted by address; right ones from the same address go on being served. */
  private countRefusal(error: unknown, { headers, query, ip }: FastifyRequest): void {
    const wrongToken =
      error instanceof DomainError &&
      error.kind === 'unauthenticated' &&
      (headers.authorization ?? tokenInLink(query));
    if (wrongToken) this.limits.take('refused', 'address', addressKey(ip));
  }

  /** Every failure of the strategy is the same 401; faults of ours stay faults. */
  override handleRequest<T>(error: unknown, actor: T | false): T {
    if (error && !(error instanceof DomainError)) throw error as Error;
    if (error || !actor) throw unauthenticated();
    return actor;
  }

  private async byStatisticToken(context: ExecutionContext, place: StatisticTokenPlace): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Actor }>();
    const inHeader = (request.headers.authorization ?? '').replace(/^Bearer\s+/i, '');
    const token = place === 'link' ? (tokenInLink(request.query) ?? inHeader) : inHeader;
    const actor = token ? await this.statisticTokens.findActor(token, request.id) : null;
    if (!actor) throw unauthenticated();
    request.user = actor;
    return true;
  }
}

/** The token that a link carries; a repeated one is none. */
function tokenInLink(query: unknown): string | undefined {
  const { token } = query as { token?: unknown };
  return typeof token === 'string' ? token : undefined;
}
