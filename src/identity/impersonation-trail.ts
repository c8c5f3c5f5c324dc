import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type OnModuleInit,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { AsyncLocalStorage } from 'node:async_hooks';
import { Observable } from 'rxjs';
import { type Tx, UnitOfWork } from '../platform/index.js';
import { type Actor, REQUIRED_PERMISSION, type RunningImpersonation } from './actor.js';
import { AuditLog } from './audit-log.service.js';
import { unauthenticated } from './identity.errors.js';
import type { Permission } from './domain/permissions.js';

/** A request made while impersonating. */
interface Trace {
  actor: Actor & { impersonation: RunningImpersonation };
  method: string;
  path: string;
  /** Names of the fields sent; not what they hold, for nothing can be erased from the audit log. */
  sent: string[];
}

/** It ends the impersonation and records that itself. */
const EXIT: Permission = 'operator:impersonation:exit';

/**
 * Records every write made while impersonating in the audit log, in the write's own transaction: there is none without
 * its entry, and none after the impersonation has ended (rule 9.4).
 */
@Injectable()
export class ImpersonationTrail implements NestInterceptor, OnModuleInit {
  private readonly requests = new AsyncLocalStorage<Trace>();

  constructor(
    private readonly reflector: Reflector,
    private readonly unitOfWork: UnitOfWork,
    private readonly auditLog: AuditLog,
  ) {}

  onModuleInit(): void {
    this.unitOfWork.endEachWith((tx, result) => this.record(tx, result));
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest & { user?: Actor }>();
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(REQUIRED_PERMISSION, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (!isImpersonator(request.user) || permission === EXIT) return next.handle();
    const trace: Trace = {
      actor: request.user,
      method: request.method,
      path: request.url.split('?')[0]!,
      sent: Object.keys(request.body ?? {}),
    };
    return new Observable((subscriber) =>
      this.requests.run(trace, () => next.handle().subscribe(subscriber)),
    );
  }

  private async record(tx: Tx, result: unknown): Promise<void> {
    const trace = this.requests.getStore();
    if (!trace || !(await hasWritten(tx))) return;
    const { actor, method, path, sent } = trace;
    // Held until the write commits, so that its end comes after.
    const running = await tx.query<unknown[]>(
      'SELECT id FROM impersonations WHERE id = $1 AND ended_at IS NULL FOR SHARE',
      [actor.impersonation.id],
    );
    if (running.length === 0) throw unauthenticated();
    await this.auditLog.record(tx, actor, {
      action: 'impersonation.write',
      subject: { type: 'impersonation', id: actor.impersonation.id },
      before: null,
      after: { method, path, sent, resultId: idOf(result) },
    });
  }
}

function isImpersonator(actor: Actor | undefined): actor is Trace['actor'] {
  return actor?.impersonation !== undefined;
}

/** Whether the transaction has written anything: PostgreSQL numbers it only then. */
async function hasWritten(tx: Tx): Promise<boolean> {
  const [{ written }] = await tx.query<[{ written: boolean }]>(
    'SELECT pg_current_xact_id_if_assigned() IS NOT NULL AS written',
  );
  return written;
}

/** Id of what was made or changed, where the answer has one. */
function idOf(result: unknown): string | null {
  const { id } = (result ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
