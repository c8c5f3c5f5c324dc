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
import { finalize, Observable } from 'rxjs';
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
  /** The transaction that the entry was written in: of several, the first that commits. */
  writtenBy?: string;
  /** Whether it was handled: what background work goes on with is not its write. */
  over?: boolean;
  /** Names of the fields sent; not what they hold, for nothing can be erased from the audit log. */
  sent: string[];
}

/** What is made for a reader, such as a code at its first sight, is no change. */
const READING = ['GET', 'HEAD'];

/** It ends the impersonation and records that itself. */
const EXIT: Permission = 'operator:impersonation:exit';

/**
 * Records every request that writes while impersonating in the audit log, in the transaction of its first write: there
 * is none without its entry, and none after the impersonation has ended (rule 9.4).
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
    if (!isImpersonator(request.user) || permission === EXIT || READING.includes(request.method))
      return next.handle();
    const trace: Trace = {
      actor: request.user,
      method: request.method,
      path: request.url.split('?')[0]!,
      sent: Object.keys(request.body ?? {}),
    };
    return new Observable((subscriber) =>
      this.requests.run(trace, () =>
        next
          .handle()
          .pipe(finalize(() => (trace.over = true)))
          .subscribe(subscriber),
      ),
    );
  }

  private async record(tx: Tx, result: unknown): Promise<void> {
    const trace = this.requests.getStore();
    const xid = trace && !trace.over && (await xidOf(tx));
    if (!xid) return;
    const { actor, method, path, sent, writtenBy } = trace;
    // Held until the write commits, so that its end comes after.
    const running = await tx.query<unknown[]>(
      'SELECT id FROM impersonations WHERE id = $1 AND ended_at IS NULL FOR SHARE',
      [actor.impersonation.id],
    );
    if (running.length === 0) throw unauthenticated();
    if (writtenBy !== undefined && (await hasCommitted(tx, writtenBy))) return;
    trace.writtenBy = xid;
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

/** The transaction's number; null when it has written nothing: PostgreSQL numbers it only then. */
async function xidOf(tx: Tx): Promise<string | null> {
  const [{ xid }] = await tx.query<[{ xid: string | null }]>(
    'SELECT pg_current_xact_id_if_assigned()::text AS xid',
  );
  return xid;
}

/** Whether an earlier transaction of the request stands: one that is run again does not. */
async function hasCommitted(tx: Tx, xid: string): Promise<boolean> {
  const [{ status }] = await tx.query<[{ status: string | null }]>('SELECT pg_xact_status($1) AS status', [
    xid,
  ]);
  return status === 'committed';
}

/** Id of what was made or changed, where the answer has one. */
function idOf(result: unknown): string | null {
  const { id } = (result ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : null;
}
