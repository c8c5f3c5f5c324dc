import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Accounts, type Actor, AuditLog, contactOf } from '../identity/index.js';
import {
  Clock,
  Config,
  idOfCursor,
  Mailer,
  Money,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../platform/index.js';
import { requestAlreadyDecided } from './partner-management.errors.js';
import type { PartnershipRequestDto, PartnershipRequestQuery } from './partnership-requests.dto.js';

interface RequestRow extends Omit<PartnershipRequestDto, 'price'> {
  priceMinor: string;
  currency: string;
}

interface Decision {
  state: 'approved' | 'rejected';
  rejectionDescription: string | null;
}

const SELECT = `
  SELECT r.id, r.state, r.partner_id AS "partnerId", p.name AS "partnerName", p.state AS "partnerStatus",
         r.package_id AS "packageId", k.name AS "packageName", r.price_minor AS "priceMinor", r.currency,
         r.requested_at AS "requestedAt", contact.email, p.phone, p.website, r.description,
         r.decided_at AS "decidedAt", r.rejection_description AS "rejectionDescription"
    FROM partner_requests r
    JOIN partners p ON p.id = r.partner_id
    JOIN packages k ON k.id = r.package_id
    LEFT JOIN LATERAL (${contactOf('p.id')}) contact ON true
   WHERE r.kind = 'partnership'`;

/** Partnership requests: the list operators work through, and their one decision each (O01, rules §9.1). */
@Injectable()
export class PartnershipRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: Accounts,
    private readonly auditLog: AuditLog,
    private readonly mailer: Mailer,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** A page of requests: the pending ones oldest first, so that nobody waits longer than needed; others newest first. */
  async list({ state, limit, cursor }: PartnershipRequestQuery): Promise<Page<PartnershipRequestDto>> {
    const after = cursor === undefined ? null : idOfCursor(cursor);
    const [order, behind] = state === 'pending' ? ['ASC', '>'] : ['DESC', '<'];
    const rows = await this.dataSource.query<RequestRow[]>(
      `${SELECT} AND ($1 = 'all' OR r.state = $1) AND ($2::uuid IS NULL OR r.id ${behind} $2)
       ORDER BY r.id ${order} LIMIT $3`,
      [state, after, limit + 1],
    );
    return toPage(rows.map(toDto), limit, ({ id }) => [id]);
  }

  /** Approves: the partner becomes active with the package. @throws DomainError NOT_FOUND, REQUEST_ALREADY_DECIDED (409) */
  async approve(tx: Tx, actor: Actor, requestId: string): Promise<PartnershipRequestDto> {
    const request = await this.decide(tx, actor, requestId, {
      state: 'approved',
      rejectionDescription: null,
    });
    const [[partner]] = await tx.query<[[{ state: string }], number]>(
      `UPDATE partners SET package_id = $2, approved_at = coalesce(approved_at, $3),
              state = CASE WHEN state = 'suspended' THEN state ELSE 'active' END
        WHERE id = $1 RETURNING state`,
      [request.partnerId, request.packageId, this.clock.now()],
    );
    if (partner.state === 'active') await this.accounts.setMembershipsActive(tx, request.partnerId, true);
    await this.tell(
      tx,
      request,
      'Welcome: your partnership is approved',
      `your partnership with the package "${request.packageName}" is approved. Sign in: ${this.config.publicUrl}`,
    );
    return { ...request, partnerStatus: partner.state };
  }

  /** Rejects, with a description that is mailed. @throws DomainError NOT_FOUND, REQUEST_ALREADY_DECIDED (409) */
  async reject(tx: Tx, actor: Actor, requestId: string, description: string): Promise<PartnershipRequestDto> {
    const request = await this.decide(tx, actor, requestId, {
      state: 'rejected',
      rejectionDescription: description,
    });
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE partners SET state = 'rejected' WHERE id = $1 AND state = 'pending'`,
      [request.partnerId],
    );
    await this.tell(
      tx,
      request,
      'Your partnership request was declined',
      `we cannot accept your partnership request:\n\n${description}`,
    );
    return count > 0 ? { ...request, partnerStatus: 'rejected' } : request;
  }

  /** Takes the one decision; whoever comes second gets 409. */
  private async decide(
    tx: Tx,
    actor: Actor,
    requestId: string,
    decision: Decision,
  ): Promise<PartnershipRequestDto> {
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE partner_requests SET state = $2, rejection_description = $3, decided_at = $4, decided_by = $5
        WHERE id = $1 AND kind = 'partnership' AND state = 'pending'`,
      [requestId, decision.state, decision.rejectionDescription, this.clock.now(), actor.userId],
    );
    const [row] = await tx.query<RequestRow[]>(`${SELECT} AND r.id = $1`, [requestId]);
    if (!row) throw notFound('partnership request');
    if (count === 0) throw requestAlreadyDecided();
    await this.auditLog.record(tx, actor, {
      action: `partnership_request.${decision.state === 'approved' ? 'approve' : 'reject'}`,
      subject: { type: 'partnership_request', id: requestId },
      partnerId: row.partnerId,
      before: { state: 'pending' },
      after: { ...decision },
    });
    return toDto(row);
  }

  private async tell(
    tx: Tx,
    request: PartnershipRequestDto,
    subject: string,
    message: string,
  ): Promise<void> {
    if (!request.email) return;
    await this.mailer.send(tx, {
      to: request.email,
      subject,
      text: `Hello ${request.partnerName},\n\n${message}`,
    });
  }
}

function toDto({ priceMinor, currency, ...row }: RequestRow): PartnershipRequestDto {
  return { ...row, price: Money.of(BigInt(priceMinor), currency).toJSON() };
}
