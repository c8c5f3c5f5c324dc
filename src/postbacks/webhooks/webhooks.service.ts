import { Injectable } from '@nestjs/common';
import { type DataSource, type EntityManager, LessThan } from 'typeorm';
import type { Actor } from '../../identity/index.js';
import {
  Clock,
  idOfCursor,
  Ids,
  notFound,
  type Page,
  sha256Hex,
  toPage,
  type Tx,
} from '../../platform/index.js';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import { WebhookSecrets } from '../delivery/webhook-secrets.js';
import { WebhookBook } from './webhook-book.service.js';
import { WebhookEndpoint, type WebhookState } from './webhook-endpoint.entity.js';
import { ownerColumns, type WebhookOwner } from './webhook-owner.js';
import { assertTypes, tooManyWebhooks } from './webhooks.errors.js';

type Db = EntityManager | DataSource;

/** What an owner says of a webhook; its address was checked. */
export interface WebhookInput {
  url: string;
  description: string | null;
  eventTypes: string[] | null;
}

export interface WebhookFilter {
  partnerId?: string;
  brandId?: string;
  state?: WebhookState;
  limit: number;
  cursor?: string;
}

/** A partner or brand may have so many. */
const MOST_WEBHOOKS = 10;
const HOUR_MS = 60 * 60 * 1_000;
const HEALTHY = { failures: 0, failingSince: null, warnedAt: null } as const;

/** The webhooks of partners and brands (B05). */
@Injectable()
export class Webhooks {
  constructor(
    private readonly book: WebhookBook,
    private readonly secrets: WebhookSecrets,
    private readonly queue: DeliveryQueue,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * The owner's webhook, or with null for the owner anybody's.
   * @throws DomainError NOT_FOUND, also for another's
   */
  async get(db: Db, owner: WebhookOwner | null, id: string): Promise<WebhookEndpoint> {
    const endpoint = await db.getRepository(WebhookEndpoint).findOneBy({ id, ...ownerColumns(owner) });
    if (!endpoint) throw notFound('webhook');
    return endpoint;
  }

  /** The owner's webhooks, or with null for the owner everybody's; newest first. */
  async list(db: Db, owner: WebhookOwner | null, filter: WebhookFilter): Promise<Page<WebhookEndpoint>> {
    const { limit, cursor, state, partnerId, brandId } = filter;
    const rows = await db.getRepository(WebhookEndpoint).find({
      where: {
        ...given({ state, partnerId, brandId }),
        ...ownerColumns(owner),
        ...(cursor !== undefined && { id: LessThan(idOfCursor(cursor)) }),
      },
      order: { id: 'DESC' },
      take: limit + 1,
    });
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /**
   * Saves a new webhook with a new secret.
   * @throws DomainError VALIDATION_FAILED (422) for unknown types, TOO_MANY_WEBHOOKS
   */
  async create(tx: Tx, actor: Actor, owner: WebhookOwner, input: WebhookInput): Promise<WebhookEndpoint> {
    assertTypes(owner.kind, 'eventTypes', input.eventTypes);
    await this.assertRoom(tx, owner);
    const now = this.clock.now();
    const id = this.ids.next();
    const endpoint: WebhookEndpoint = {
      id,
      partnerId: null,
      brandId: null,
      ...ownerColumns(owner),
      ...input,
      secretSealed: this.secrets.make(id),
      previousSecretSealed: null,
      previousSecretUntil: null,
      state: 'active',
      disabledReason: null,
      disabledComment: null,
      disabledAt: null,
      ...HEALTHY,
      createdAt: now,
      updatedAt: now,
    };
    await tx.getRepository(WebhookEndpoint).insert(endpoint);
    await this.book.added(tx, actor, endpoint);
    return endpoint;
  }

  /**
   * Changes a webhook; what waits goes to the new address, whose past failures are forgiven.
   * @throws DomainError NOT_FOUND, VALIDATION_FAILED (422) for unknown types
   */
  async change(
    tx: Tx,
    actor: Actor,
    owner: WebhookOwner,
    id: string,
    change: Partial<WebhookInput>,
  ): Promise<WebhookEndpoint> {
    assertTypes(owner.kind, 'eventTypes', change.eventTypes ?? null);
    const before = await this.lock(tx, owner, id);
    const moved = change.url !== undefined && change.url !== before.url;
    const after: WebhookEndpoint = {
      ...before,
      ...given(change),
      ...(moved && HEALTHY),
      updatedAt: this.clock.now(),
    };
    await this.save(tx, after);
    if (moved) await this.queue.readdress(tx, id, after.url);
    await this.book.changed(tx, actor, before, after);
    return after;
  }

  /**
   * Deletes a webhook with everything that waits for it; its attempts stay in the log.
   * @throws DomainError NOT_FOUND
   */
  async delete(tx: Tx, actor: Actor, owner: WebhookOwner, id: string): Promise<void> {
    const before = await this.lock(tx, owner, id);
    // The queue before the deliveries, as workers lock them; the deletion that cascades would begin with these.
    await this.queue.cancel(tx, { kind: 'webhook', id });
    await tx.getRepository(WebhookEndpoint).delete({ id });
    await this.book.deleted(tx, actor, before);
  }

  /**
   * Gives a webhook a new secret; the old one signs too for some hours, so that the receiver has time. One that was
   * still signing from the rotation before ends now.
   * @throws DomainError NOT_FOUND
   */
  async rotate(
    tx: Tx,
    actor: Actor,
    owner: WebhookOwner,
    id: string,
    overlapHours: number,
  ): Promise<WebhookEndpoint> {
    const before = await this.lock(tx, owner, id);
    const now = this.clock.now();
    const overlaps = overlapHours > 0;
    const after: WebhookEndpoint = {
      ...before,
      secretSealed: this.secrets.make(id),
      previousSecretSealed: overlaps ? before.secretSealed : null,
      previousSecretUntil: overlaps ? new Date(now.getTime() + overlapHours * HOUR_MS) : null,
      updatedAt: now,
    };
    await this.save(tx, after);
    this.queue.changed(tx, id);
    await this.book.rotated(tx, actor, after);
    return after;
  }

  /** Stands for the present secret in an answer that is kept, and tells nothing of it. */
  secretMark({ secretSealed }: WebhookEndpoint): string {
    return sha256Hex(secretSealed);
  }

  /**
   * The secret in clear, to be shown only to whoever made it; null when it is no longer the one of that mark, or the
   * webhook was deleted.
   */
  async revealSecret(db: Db, owner: WebhookOwner, id: string, mark: string): Promise<string | null> {
    const endpoint = await db.getRepository(WebhookEndpoint).findOneBy({ id, ...ownerColumns(owner) });
    if (!endpoint || this.secretMark(endpoint) !== mark) return null;
    return this.secrets.open(id, endpoint.secretSealed);
  }

  /** The same as {@link get}, locked. @throws DomainError NOT_FOUND */
  async lock(tx: Tx, owner: WebhookOwner | null, id: string): Promise<WebhookEndpoint> {
    const endpoint = await tx.getRepository(WebhookEndpoint).findOne({
      where: { id, ...ownerColumns(owner) },
      lock: { mode: 'pessimistic_write' },
    });
    if (!endpoint) throw notFound('webhook');
    return endpoint;
  }

  private async save(tx: Tx, { id, ...columns }: WebhookEndpoint): Promise<void> {
    await tx.getRepository(WebhookEndpoint).update({ id }, columns);
  }

  private async assertRoom(tx: Tx, owner: WebhookOwner): Promise<void> {
    // Counting waits for whoever is adding one for the same owner.
    await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`webhooks:${owner.id}`]);
    const count = await tx.getRepository(WebhookEndpoint).countBy(ownerColumns(owner));
    if (count >= MOST_WEBHOOKS) throw tooManyWebhooks(MOST_WEBHOOKS);
  }
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}
