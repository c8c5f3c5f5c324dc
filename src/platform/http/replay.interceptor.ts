import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Observable, tap } from 'rxjs';
import { isReplayed } from './idempotency.js';

/** Says in the answer's headers when it is a stored one (B06). */
@Injectable()
export class ReplayInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(
      tap(() => {
        if (isReplayed(http.getRequest())) {
          void http.getResponse<FastifyReply>().header('Idempotent-Replayed', 'true');
        }
      }),
    );
  }
}
