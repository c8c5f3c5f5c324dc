import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { addressKey, DomainError, PUBLIC_ROUTE, RateLimits } from '../platform/index.js';
import { type Actor, STATISTIC_TOKEN_ROUTE } from './actor.js';
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
    const marked = (key: string): boolean =>
      this.reflector.getAllAndOverride<boolean | undefined>(key, [
        context.getHandler(),
        context.getClass(),
      ]) ?? false;
    if (marked(PUBLIC_ROUTE)) return true;
    try {
      if (marked(STATISTIC_TOKEN_ROUTE)) return await this.byStatisticToken(context);
      return (await super.canActivate(context)) as boolean;
    } catch (error) {
      this.countRefusal(error, context.switchToHttp().getRequest<FastifyRequest>());
      throw error;
    }
  }

  /** Wrong tokens are counted by address; right ones from the same address go on being served. */
  private countRefusal(error: unknown, { headers, ip }: FastifyRequest): void {
    const wrongToken =
      error instanceof DomainError && error.kind === 'unauthenticated' && headers.authorization;
    if (wrongToken) this.limits.take('refused', 'address', addressKey(ip));
  }

  /** Every failure of the strategy is the same 401; faults of ours stay faults. */
  override handleRequest<T>(error: unknown, actor: T | false): T {
    if (error && !(error instanceof DomainError)) throw error as Error;
    if (error || !actor) throw unauthenticated();
    return actor;
  }

  private async byStatisticToken(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Actor }>();
    const token = (request.headers.authorization ?? '').replace(/^Bearer\s+/i, '');
    const actor = token ? await this.statisticTokens.findActor(token, request.id) : null;
    if (!actor) throw unauthenticated();
    request.user = actor;
    return true;
  }
}
