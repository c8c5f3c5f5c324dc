import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, AuditLog } from '../../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  Jobs,
  notFound,
  type Page,
  type PageQuery,
  toPage,
  type Tx,
} from '../../platform/index.js';
import type { ReportScope } from '../domain/report-facts.js';
import type { RawQuery } from '../domain/report-parameters.js';
import { tooManyReportRequests } from '../reports.errors.js';

export const REPORT_REQUEST_JOB = 'reports.request';

export interface ReportRequestJob {
  requestId: string;
}

/** What the files of a requested report may be had as. */
export const REQUEST_FORMATS = ['csv', 'xlsx'] as const;
export type RequestFormat = (typeof REQUEST_FORMATS)[number];

/** A report that is made in the background. */
export interface RequestedReport {
  id: string;
  name: string;
  parameters: RawQuery;
  format: RequestFormat;
  state: 'processing' | 'failed' | 'successful';
  /** Why it could not be made. */
  failure: string | null;
  userId: string;
  userName: string;
  impersonated: boolean;
  requestedAt: Date;
  finishedAt: Date | null;
  expiresAt: Date | null;
  hasFiles: boolean;
}

/** What is asked for. */
export interface Asked {
  /** Null for one that tells the period. */
  name: string | null;
  /** A checked query with its period. */
  parameters: RawQuery;
  format: RequestFormat;
  /** Whether one of the same parameters that is being made for the same person does as well. */
  unlessAsked?: boolean;
}

/** Of one partner at once; made one after the other. */
const MOST = 20;
const RETRY_AFTER_SECONDS = 60;
const SELECT = `
  SELECT r.id, r.name, r.parameters, r.format, r.state, r.failure, r.requested_by AS "userId", u.name AS "userName",
         r.impersonator_id IS NOT NULL AS impersonated, r.requested_at AS "requestedAt",
         r.finished_at AS "finishedAt", r.expires_at AS "expiresAt", r.has_files AS "hasFiles"
    FROM report_requests r JOIN users u ON u.id = r.requested_by`;
/** The requests of a partner's people, or of operators. */
const VISIBLE = 'r.partner_id IS NOT DISTINCT FROM $1';

/** Reports that are made in the background: asked for, listed, named (A17). */
@Injectable()
export class ReportRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly jobs: Jobs,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /** Asks for a report; a job makes it. @throws DomainError TOO_MANY_REPORT_REQUESTS (429) */
  async request(tx: Tx, actor: Actor, asked: Asked): Promise<RequestedReport> {
    const { partnerId, userId, impersonatorId } = actor;
    const { parameters, format } = asked;
    // One after the other, so that those counted are all there are.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`report requests ${partnerId}`]);
    const waiting = await tx.query<{ id: string; userId: string; same: boolean }[]>(
      `SELECT r.id, r.requested_by AS "userId", r.parameters = $2 AS same FROM report_requests r
        WHERE ${VISIBLE} AND r.state = 'processing'`,
      [partnerId, parameters],
    );
    const same = waiting.find((request) => request.same && request.userId === userId);
    if (asked.unlessAsked && same) return this.get(tx, actor, same.id);
    if (waiting.length >= MOST) throw tooManyReportRequests(MOST, RETRY_AFTER_SECONDS);
    const id = this.ids.next();
    await tx.query(
      `INSERT INTO report_requests (id, partner_id, requested_by, impersonator_id, name, parameters, format, state,
                                    requested_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, 'processing', $8)`,
      [
        id,
        partnerId,
        userId,
        impersonatorId,
        asked.name ?? nameOf(parameters),
        parameters,
        format,
        this.clock.now(),
      ],
    );
    await this.jobs.send(tx, REPORT_REQUEST_JOB, { requestId: id } satisfies ReportRequestJob);
    const requested = await this.get(tx, actor, id);
    await this.tell(tx, actor, 'request', null, requested);
    return requested;
  }

  /** A page of the requests, newest first. */
  async list(scope: ReportScope, { limit, cursor }: PageQuery): Promise<Page<RequestedReport>> {
    const rows = await this.dataSource.query<RequestedReport[]>(
      `${SELECT} WHERE ${VISIBLE} AND ($2::uuid IS NULL OR r.id < $2) ORDER BY r.id DESC LIMIT $3`,
      [scope.partnerId, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND, also for another partner's */
  async get(db: Pick<Tx, 'query'>, { partnerId }: ReportScope, id: string): Promise<RequestedReport> {
    const [found] = await db.query<RequestedReport[]>(`${SELECT} WHERE ${VISIBLE} AND r.id = $2`, [
      partnerId,
      id,
    ]);
    if (!found) throw notFound('requested report');
    return found;
  }

  /** Gives a request another name. @throws DomainError NOT_FOUND */
  async rename(tx: Tx, actor: Actor, id: string, name: string): Promise<RequestedReport> {
    const { partnerId } = actor;
    await tx.query(`SELECT FROM report_requests r WHERE ${VISIBLE} AND r.id = $2 FOR UPDATE`, [
      partnerId,
      id,
    ]);
    const before = await this.get(tx, actor, id);
    await tx.query('UPDATE report_requests SET name = $2 WHERE id = $1', [id, name]);
    const after = { ...before, name };
    await this.tell(tx, actor, 'rename', before, after);
    return after;
  }

  /** What operators change is in the audit log, which names people by their ids. */
  private async tell(
    tx: Tx,
    actor: Actor,
    done: 'request' | 'rename',
    before: RequestedReport | null,
    after: RequestedReport,
  ): Promise<void> {
    if (actor.realm !== 'operator') return;
    await this.auditLog.record(tx, actor, {
      action: `report_request.${done}`,
      subject: { type: 'report_request', id: after.id },
      before: before && { name: before.name },
      after: { name: after.name, parameters: after.parameters },
    });
  }
}

function nameOf({ from, to }: RawQuery): string {
  return `Performance ${String(from)} to ${String(to)}`;
}
