import { Injectable } from '@nestjs/common';
import type { Actor } from '../../identity/index.js';
import { Clock, type Tx } from '../../platform/index.js';
import { DeliveryQueue } from '../delivery/delivery-queue.js';
import { WebhookBook } from './webhook-book.service.js';
import { WebhookEndpoint } from './webhook-endpoint.entity.js';
import { disabledByOperator, webhookDisabled } from './webhooks.errors.js';

/** Switches webhooks off and on again; the webhook is given as it was locked. */
@Injectable()
export class WebhookSwitch {
  constructor(
    private readonly book: WebhookBook,
    private readonly queue: DeliveryQueue,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends nothing more; what waits is cancelled, what happens from now on can be replayed.
   * @param comment what an operator says about it; null when the owner does it
   * @throws DomainError WEBHOOK_DISABLED
   */
  async disable(
    tx: Tx,
    actor: Actor,
    before: WebhookEndpoint,
    comment: string | null,
  ): Promise<WebhookEndpoint> {
    if (before.state === 'disabled') throw webhookDisabled();
    const now = this.clock.now();
    const change = {
      state: 'disabled',
      disabledReason: comment === null ? 'owner' : 'operator',
      disabledComment: comment,
      disabledAt: now,
      updatedAt: now,
    } as const;
    await tx.getRepository(WebhookEndpoint).update({ id: before.id }, change);
    await this.queue.cancel(tx, { kind: 'webhook', id: before.id });
    await this.book.switched(tx, actor, before, { ...before, ...change });
    return { ...before, ...change };
  }

  /**
   * Sends again what happens from now on, and forgives past failures; a no-op while it is active.
   * @throws DomainError WEBHOOK_DISABLED_BY_OPERATOR unless an operator enables it
   */
  async enable(tx: Tx, actor: Actor, before: WebhookEndpoint): Promise<WebhookEndpoint> {
    if (before.state === 'active') return before;
    if (before.disabledReason === 'operator' && actor.realm !== 'operator') throw disabledByOperator();
    const change = {
      state: 'active',
      disabledReason: null,
      disabledComment: null,
      disabledAt: null,
      failures: 0,
      failingSince: null,
      warnedAt: null,
      updatedAt: this.clock.now(),
    } as const;
    await tx.getRepository(WebhookEndpoint).update({ id: before.id }, change);
    await this.book.switched(tx, actor, before, { ...before, ...change });
    return { ...before, ...change };
  }
}
