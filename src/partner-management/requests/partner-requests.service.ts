import { Injectable } from '@nestjs/common';
import type { ActingUser, Actor, PartnerActor } from '../../identity/index.js';
import { AuditLog } from '../../identity/index.js';
import { Clock, Ids, Money, notFound, type Tx } from '../../platform/index.js';
import { featureOfRequest } from '../domain/entitlements.js';
import {
  mayAskFor,
  mayBeGiven,
  REQUEST_LIFE,
  type RequestAction,
  type RequestKind,
  type RequestState,
} from '../domain/request-life.js';
import { requestName } from '../domain/request-words.js';
import { partnerStateConflict, requestAlreadyDecided, requestPending } from '../partner-management.errors.js';
import { Entitlements } from '../packages/entitlements.service.js';
import { type PartnerRequest, RequestKinds } from './request-kinds.js';
import { RequestNews } from './request-news.js';

/** Who asks: somebody of a partner. */
export type Requester = ActingUser & Pick<PartnerActor, 'partnerId'>;

/** What is asked for; see {@link PartnerRequest}. */
export type AskedFor = Pick<PartnerRequest, 'kind' | 'subjectId' | 'title' | 'price' | 'description'>;

interface RequestRow extends Omit<PartnerRequest, 'price'> {
  priceMinor: string;
  currency: string;
}

interface Move {
  action: RequestAction;
  /** Who takes it; null for the program itself. */
  actor: ActingUser | null;
  rejectionDescription?: string;
}

/** Which request is meant; those of other kinds or partners are none. */
type Which = { id: string; kind?: RequestKind; partnerId?: string };

/**
 * The one life of partners' requests (rules §9.1): opened, then decided once. Whoever decides takes the lock of the
 * partner's row first, as everything does that changes what a partner may do.
 */
@Injectable()
export class PartnerRequests {
  constructor(
    private readonly kinds: RequestKinds,
    private readonly entitlements: Entitlements,
    private readonly news: RequestNews,
    private readonly auditLog: AuditLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a request, which keeps the price of this moment.
   * @returns its id
   * @throws DomainError PARTNER_STATE_CONFLICT (409), REQUEST_PENDING (409) when the like waits already,
   *   FEATURE_NOT_INCLUDED (422)
   */
  async open(tx: Tx, requester: Requester, asked: AskedFor): Promise<string> {
    const { partnerId } = requester;
    const state = await lockedState(tx, partnerId);
    if (!mayAskFor(asked.kind, state)) throw partnerStateConflict('given what it asks for');
    const feature = featureOfRequest(asked.kind);
    if (feature) await this.entitlements.requireFeature(tx, partnerId, feature);
    const id = this.ids.next();
    const ofPackage = asked.kind === 'partnership';
    const opened = await tx.query<unknown[]>(
      `INSERT INTO partner_requests (id, kind, partner_id, state, package_id, subject_id, title, price_minor, currency,
                                     description, requested_at)
       VALUES ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING id`,
      [
        id,
        asked.kind,
        partnerId,
        ofPackage ? asked.subjectId : null,
        ofPackage ? null : asked.subjectId,
        asked.title,
        asked.price.minor.toString(),
        asked.price.currency,
        asked.description,
        this.clock.now(),
      ],
    );
    if (opened.length === 0) throw requestPending();
    await this.news.opened(tx, requester, { ...asked, id, partnerId });
    return id;
  }

  /**
   * Approves: the partner has what it asked for.
   * @throws DomainError NOT_FOUND, REQUEST_ALREADY_DECIDED (409), PARTNER_STATE_CONFLICT (409) for one that does not
   *   work with the program at present, and what the kind refuses
   */
  async approve(tx: Tx, actor: Actor, kind: RequestKind, id: string): Promise<void> {
    const request = await this.move(tx, { id, kind }, { action: 'approve', actor });
    const state = await lockedState(tx, request.partnerId);
    if (!mayBeGiven(kind, state)) throw partnerStateConflict('given what it asks for');
    await this.audit(tx, actor, request, { state: 'approved', rejectionDescription: null });
    const requested = await this.news.requestedBy(tx, request);
    await this.kinds.of(kind).onApproved(tx, actor, request);
    await this.news.approved(tx, actor, request, requested);
  }

  /**
   * Rejects, with a description that is mailed.
   * @throws DomainError NOT_FOUND, REQUEST_ALREADY_DECIDED (409)
   */
  async reject(tx: Tx, actor: Actor, kind: RequestKind, id: string, description: string): Promise<void> {
    const request = await this.move(
      tx,
      { id, kind },
      { action: 'reject', actor, rejectionDescription: description },
    );
    await this.audit(tx, actor, request, { state: 'rejected', rejectionDescription: description });
    await this.kinds.of(kind).onRejected?.(tx, actor, request);
    await this.news.rejected(tx, actor, request, description);
  }

  /**
   * Takes a request of one's own back.
   * @throws DomainError NOT_FOUND, REQUEST_ALREADY_DECIDED (409)
   */
  async cancel(tx: Tx, actor: Requester, id: string): Promise<void> {
    const { partnerId } = actor;
    const request = await this.move(tx, { id, partnerId }, { action: 'cancel', actor });
    await this.kinds.of(request.kind).onClosed?.(tx, actor, request);
    await this.news.cancelled(tx, actor, request);
  }

  /** Closes a request that nobody decided in time. @throws DomainError NOT_FOUND, REQUEST_ALREADY_DECIDED (409) */
  async expire(tx: Tx, id: string): Promise<void> {
    const request = await this.move(tx, { id }, { action: 'expire', actor: null });
    await this.kinds.of(request.kind).onClosed?.(tx, null, request);
    await this.news.expired(tx, request);
  }

  /** Moves the request to where the action leads; whoever comes second gets 409. */
  private async move(
    tx: Tx,
    which: Which,
    { action, actor, rejectionDescription }: Move,
  ): Promise<PartnerRequest> {
    const [row] = await tx.query<RequestRow[]>(
      `SELECT r.id, r.kind, r.partner_id AS "partnerId", coalesce(r.subject_id, r.package_id) AS "subjectId", r.title,
              r.price_minor AS "priceMinor", r.currency, r.description
         FROM partner_requests r JOIN partners p ON p.id = r.partner_id
        WHERE r.id = $1 AND ($2::text IS NULL OR r.kind = $2) AND ($3::uuid IS NULL OR r.partner_id = $3)
          FOR NO KEY UPDATE OF p`,
      [which.id, which.kind ?? null, which.partnerId ?? null],
    );
    if (!row) throw notFound(which.kind ? requestName(which.kind) : 'request');
    const { by, from, to } = REQUEST_LIFE[action];
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE partner_requests SET state = $3, rejection_description = $4, decided_at = $5, decided_by = $6
        WHERE id = $1 AND state = $2`,
      [
        which.id,
        from,
        to,
        rejectionDescription ?? null,
        this.clock.now(),
        by === 'operator' ? actor?.userId : null,
      ],
    );
    if (count === 0) throw requestAlreadyDecided();
    const { priceMinor, currency, ...request } = row;
    return { ...request, price: Money.of(BigInt(priceMinor), currency) };
  }

  private audit(
    tx: Tx,
    actor: Actor,
    { id, kind, partnerId }: PartnerRequest,
    decision: { state: RequestState; rejectionDescription: string | null },
  ): Promise<void> {
    return this.auditLog.record(tx, actor, {
      action: `${kind}_request.${decision.state === 'approved' ? 'approve' : 'reject'}`,
      subject: { type: `${kind}_request`, id },
      partnerId,
      before: { state: 'pending' },
      after: decision,
    });
  }
}

/** The partner's state, which nobody else changes until the transaction ends. @throws DomainError NOT_FOUND */
async function lockedState(tx: Tx, partnerId: string): Promise<string> {
  const [partner] = await tx.query<{ state: string }[]>(
    'SELECT state FROM partners WHERE id = $1 FOR NO KEY UPDATE',
    [partnerId],
  );
  if (!partner) throw notFound('partner');
  return partner.state;
}
