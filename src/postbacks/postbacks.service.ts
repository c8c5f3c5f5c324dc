import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, LessThan } from 'typeorm';
import { Campaigns, Promos } from '../campaigns/index.js';
import type { PartnerActor } from '../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  invalidField,
  notFound,
  type Page,
  toPage,
  type Tx,
} from '../platform/index.js';
import { DeliveryQueue } from './delivery/delivery-queue.js';
import { sameAddress } from './domain/url-parts.js';
import { seesHeaderValues } from './header-values.js';
import { assertWellFormed } from './postback-check.service.js';
import { concernsSending, type NewPostback, type PostbackChange, withChange } from './postback-request.js';
import { Postback, type PostbackAction, type PostbackScope, type PostbackState } from './postback.entity.js';
import { tooManyPostbacks } from './postbacks.errors.js';

type Db = EntityManager | DataSource;

export interface PostbackFilter {
  scope?: PostbackScope;
  campaignId?: string;
  promoId?: string;
  action?: PostbackAction;
  state?: PostbackState;
  limit: number;
  cursor?: string;
}

const HEALTHY = { failures: 0, failingSince: null, warnedAt: null } as const;

/** A partner may have so many; those that already have more keep them. */
const MOST_POSTBACKS = 100;

/** The partners' postbacks (A09). */
@Injectable()
export class Postbacks {
  constructor(
    private readonly campaigns: Campaigns,
    private readonly promos: Promos,
    private readonly queue: DeliveryQueue,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * The partner's postback.
   * @throws DomainError NOT_FOUND, also for another partner's
   */
  async get(db: Db, partnerId: string, id: string): Promise<Postback> {
    const postback = await db.getRepository(Postback).findOneBy({ id, partnerId });
    if (!postback) throw notFound('postback');
    return postback;
  }

  /** The partner's postbacks, newest first; those of a campaign include those of its promos. */
  async list(db: Db, partnerId: string, filter: PostbackFilter): Promise<Page<Postback>> {
    const { limit, cursor, ...wanted } = filter;
    const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    const rows = await db.getRepository(Postback).find({
      where: { partnerId, ...given, ...(cursor !== undefined && { id: LessThan(idOfCursor(cursor)) }) },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Saves a new postback that was checked.
   * @throws DomainError VALIDATION_FAILED (422) when scope and ids do not fit, NOT_FOUND, CAMPAIGN_ARCHIVED,
   * TOO_MANY_POSTBACKS
   */
  async create(tx: Tx, partnerId: string, input: NewPostback): Promise<Postback> {
    await assertRoom(tx, partnerId);
    const now = this.clock.now();
    const postback: Postback = {
      id: this.ids.next(),
      partnerId,
      scope: input.scope,
      ...(await this.placeOf(tx, partnerId, input)),
      action: input.action,
      url: input.url,
      method: input.method,
      headers: input.headers,
      body: input.body,
      state: 'active',
      disabledReason: null,
      disabledAt: null,
      ...HEALTHY,
      createdAt: now,
      updatedAt: now,
    };
    await tx.getRepository(Postback).insert(postback);
    return postback;
  }

  /**
   * Changes what is given of a postback, whose new URL was checked; the next events are sent the new way. Disabling
   * cancels what waits, activating forgives past failures, and so does a new URL. What was saved by former rules does
   * not stand in the way of a change of something else.
   * @throws DomainError NOT_FOUND, CAMPAIGN_ARCHIVED, and those of {@link assertWellFormed}
   */
  async change(tx: Tx, actor: PartnerActor, id: string, given: Partial<PostbackChange>): Promise<Postback> {
    const { partnerId } = actor;
    const before = await tx
      .getRepository(Postback)
      .findOne({ where: { id, partnerId }, lock: { mode: 'pessimistic_write' } });
    if (!before) throw notFound('postback');
    if (before.campaignId) await this.campaigns.getForEdit(tx, partnerId, before.campaignId);
    const change = withChange(before, given);
    if (concernsSending(given)) assertWellFormed(change);
    if (given.headers === undefined && !seesHeaderValues(actor)) assertHeadersStay(before, change);
    const now = this.clock.now();
    const after: Postback = { ...before, ...change, updatedAt: now };
    const activated = before.state === 'disabled' && change.state === 'active';
    if (activated || change.url !== before.url) Object.assign(after, HEALTHY);
    if (activated) Object.assign(after, { disabledReason: null, disabledAt: null });
    if (before.state === 'active' && change.state === 'disabled') {
      Object.assign(after, { disabledReason: 'partner', disabledAt: now });
      await this.queue.cancel(tx, { kind: 'postback', id });
    }
    const { id: _id, partnerId: _partnerId, ...columns } = after;
    await tx.getRepository(Postback).update({ id }, columns);
    this.queue.changed(tx, id);
    return after;
  }

  /**
   * Deletes a postback with everything that waits for it; the log stays.
   * @throws DomainError NOT_FOUND
   */
  async delete(tx: Tx, partnerId: string, id: string): Promise<void> {
    const lock = { mode: 'pessimistic_write' } as const;
    if (!(await tx.getRepository(Postback).findOne({ where: { id, partnerId }, lock })))
      throw notFound('postback');
    // The queue before the deliveries, as workers lock them; the deletion that cascades would begin with these.
    await this.queue.cancel(tx, { kind: 'postback', id });
    await tx.getRepository(Postback).delete({ id });
  }

  private async placeOf(
    tx: Tx,
    partnerId: string,
    { scope, campaignId, promoId }: NewPostback,
  ): Promise<Pick<Postback, 'campaignId' | 'promoId'>> {
    if (scope !== 'promo' && promoId) throw invalidField('promoId', 'is for the scope promo only');
    if (scope === 'account' && campaignId) throw invalidField('campaignId', 'is not for the scope account');
    if (scope === 'account') return { campaignId: null, promoId: null };
    if (scope === 'campaign') {
      if (!campaignId) throw invalidField('campaignId', 'is required for the scope campaign');
      await this.campaigns.getForEdit(tx, partnerId, campaignId);
      return { campaignId, promoId: null };
    }
    if (!promoId) throw invalidField('promoId', 'is required for the scope promo');
    const promo = await this.promos.get(tx, partnerId, promoId);
    if (campaignId && promo.campaignId !== campaignId) {
      throw invalidField('campaignId', 'is not the campaign of the promo');
    }
    await this.campaigns.getForEdit(tx, partnerId, promo.campaignId);
    return { campaignId: promo.campaignId, promoId };
  }
}

/** Refuses to send headers to another address by the word of somebody who is not shown their values. */
function assertHeadersStay(before: Postback, { url }: PostbackChange): void {
  const own = Object.keys(before.headers).filter((name) => name !== 'content-type');
  if (own.length === 0 || sameAddress(before.url, url)) return;
  throw invalidField(
    'headers',
    `give ${own.join(', ')} anew with another address: their values are not shown to you`,
  );
}

async function assertRoom(tx: Tx, partnerId: string): Promise<void> {
  // Counting waits for whoever is adding one for the same partner.
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`postbacks:${partnerId}`]);
  const count = await tx.getRepository(Postback).countBy({ partnerId });
  if (count >= MOST_POSTBACKS) throw tooManyPostbacks(MOST_POSTBACKS);
}
