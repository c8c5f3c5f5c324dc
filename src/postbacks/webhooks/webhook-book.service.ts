import { Injectable } from '@nestjs/common';
import { type Actor, AuditLog, EventLog } from '../../identity/index.js';
import type { Tx } from '../../platform/index.js';
import type { WebhookEndpoint } from './webhook-endpoint.entity.js';

/**
 * Writes down what is done with webhooks: of partners' in their event log, and what operators and brands do in the
 * audit log. Addresses may hold secrets, so they are named by their hosts.
 */
@Injectable()
export class WebhookBook {
  constructor(
    private readonly eventLog: EventLog,
    private readonly auditLog: AuditLog,
  ) {}

  /** One was added. */
  async added(tx: Tx, actor: Actor, after: WebhookEndpoint): Promise<void> {
    const { partnerId, id: subjectId } = after;
    const data = { host: hostOf(after) };
    if (partnerId)
      await this.eventLog.record(tx, actor, { type: 'webhook_added', partnerId, subjectId, data });
    await this.audit(tx, actor, 'add', null, after);
  }

  /** Address, description or types were changed. */
  async changed(tx: Tx, actor: Actor, before: WebhookEndpoint, after: WebhookEndpoint): Promise<void> {
    const { partnerId, id: subjectId } = after;
    const fields = ['url', 'description', 'eventTypes'] as const;
    const changed = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
    if (changed.length === 0) return;
    const data = { host: hostOf(after), changed };
    if (partnerId)
      await this.eventLog.record(tx, actor, { type: 'webhook_changed', partnerId, subjectId, data });
    await this.audit(tx, actor, 'change', before, after);
  }

  /** It has a new secret. */
  async rotated(tx: Tx, actor: Actor, after: WebhookEndpoint): Promise<void> {
    const { partnerId, id: subjectId } = after;
    const data = { host: hostOf(after) };
    if (partnerId) {
      await this.eventLog.record(tx, actor, { type: 'webhook_secret_rotated', partnerId, subjectId, data });
    }
    await this.audit(tx, actor, 'rotate_secret', null, after);
  }

  /** It was deleted. */
  async deleted(tx: Tx, actor: Actor, before: WebhookEndpoint): Promise<void> {
    const { partnerId, id: subjectId } = before;
    const data = { host: hostOf(before) };
    if (partnerId)
      await this.eventLog.record(tx, actor, { type: 'webhook_deleted', partnerId, subjectId, data });
    await this.audit(tx, actor, 'delete', before, null);
  }

  /** It was disabled or enabled. */
  async switched(tx: Tx, actor: Actor, before: WebhookEndpoint, after: WebhookEndpoint): Promise<void> {
    const { partnerId, id: subjectId } = after;
    const data = { host: hostOf(after) };
    if (partnerId && after.state === 'active') {
      await this.eventLog.record(tx, actor, { type: 'webhook_enabled', partnerId, subjectId, data });
    } else if (partnerId) {
      const reason = after.disabledComment;
      const event = { partnerId, subjectId, data: { ...data, reason } };
      await this.eventLog.record(tx, actor, { type: 'webhook_disabled', ...event });
    }
    await this.audit(tx, actor, after.state === 'active' ? 'enable' : 'disable', before, after);
  }

  private async audit(
    tx: Tx,
    actor: Actor,
    action: string,
    before: WebhookEndpoint | null,
    after: WebhookEndpoint | null,
  ): Promise<void> {
    if (actor.realm === 'partner') return;
    const { id, partnerId } = (after ?? before)!;
    await this.auditLog.record(tx, actor, {
      action: `webhook.${action}`,
      subject: { type: 'webhook', id },
      partnerId,
      before: before && factsOf(before),
      after: after && factsOf(after),
    });
  }
}

function factsOf(endpoint: WebhookEndpoint): object {
  const { brandId, eventTypes, state, disabledComment } = endpoint;
  return { brandId, host: hostOf(endpoint), eventTypes, state, disabledComment };
}

function hostOf({ url }: WebhookEndpoint): string {
  return new URL(url).host;
}
