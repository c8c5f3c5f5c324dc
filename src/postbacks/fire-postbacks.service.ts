import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Ids, Money, type Tx } from '../platform/index.js';
import { defaultContentType, parseBody, renderBody } from './domain/body-template.js';
import { hears } from './domain/scope.js';
import { cut, render } from './domain/template.js';
import { withoutFragment } from './domain/url-parts.js';
import { sampleValues, type TemplateValues, valuesOf } from './domain/variables.js';
import { DeliveryQueue, type NewDelivery } from './delivery/delivery-queue.js';
import { Postback } from './postback.entity.js';
import { postbackDisabled } from './postbacks.errors.js';
import type { ReportedAction, ReportedActions } from './reported-action.js';

/** Turns what happened into deliveries. */
@Injectable()
export class FirePostbacks {
  constructor(
    private readonly queue: DeliveryQueue,
    private readonly ids: Ids,
  ) {}

  /** Queues one delivery per action and configured postback of every scope that it falls under (rule 5.1). */
  async fire(tx: Tx, reported: ReportedActions): Promise<void> {
    const postbacks = await findPostbacks(tx, reported.actions);
    await this.queue.add(tx, deliveriesOf(reported, postbacks));
  }

  /**
   * Queues a delivery with sample values, marked as a test and tried once; returns it with its identifier.
   * @throws DomainError POSTBACK_DISABLED
   */
  async test(tx: Tx, postback: Postback): Promise<NewDelivery & { id: string }> {
    if (postback.state === 'disabled') throw postbackDisabled();
    const eventId = this.ids.next();
    const values = sampleValues(postback.action, eventId);
    const { campaignId, promoId } = postback;
    const subject = { eventId, campaignId, promoId, visitId: null, playerId: null, kind: 'test' } as const;
    const delivery = filled(postback, values, subject);
    const [id] = await this.queue.add(tx, [delivery]);
    return { ...delivery, id: id! };
  }
}

/** One delivery after the other, filled when it is taken: all of them together may be more than memory holds. */
function* deliveriesOf(
  { brandId, actions }: ReportedActions,
  postbacks: ReadonlyMap<string, readonly Postback[]>,
): Generator<NewDelivery> {
  for (const action of actions) {
    const fitting = (postbacks.get(action.partnerId) ?? []).filter((postback) => hears(postback, action));
    if (fitting.length === 0) continue;
    const values = valuesOf(sourceOf(brandId, action));
    for (const postback of fitting) yield filled(postback, values, { ...action, kind: 'event' });
  }
}

async function findPostbacks(tx: Tx, actions: readonly ReportedAction[]): Promise<Map<string, Postback[]>> {
  const partnerIds = [...new Set(actions.map(({ partnerId }) => partnerId))];
  const names = [...new Set(actions.map(({ action }) => action))];
  const postbacks = await tx
    .getRepository(Postback)
    .find({ where: { partnerId: In(partnerIds), action: In(names), state: 'active' }, order: { id: 'ASC' } });
  return Map.groupBy(postbacks, ({ partnerId }) => partnerId);
}

function sourceOf(brandId: string, action: ReportedAction): Parameters<typeof valuesOf>[0] {
  const { amountMinor, currency, occurredAt, query } = action;
  const amount =
    amountMinor === null || currency === null ? null : Money.of(BigInt(amountMinor), currency).toString();
  const order = 'orderExternalId' in action ? action : null;
  return {
    ...action,
    brandId,
    amount,
    occurredAt: new Date(occurredAt),
    query,
    orderId: order?.orderExternalId ?? null,
    promoCode: order?.promoCode ?? null,
  };
}

function filled(
  { id, partnerId, action, method, url, headers, body }: Postback,
  values: TemplateValues,
  subject: Pick<NewDelivery, 'eventId' | 'kind' | 'campaignId' | 'promoId' | 'visitId' | 'playerId'>,
): NewDelivery {
  const { eventId, kind, campaignId, promoId, visitId, playerId } = subject;
  const type = headers['content-type'] ?? defaultContentType(body ?? '');
  return {
    postbackId: id,
    ownerId: partnerId,
    action,
    eventId,
    kind,
    campaignId,
    promoId,
    visitId,
    playerId,
    method,
    url: render(cut(withoutFragment(url)), values),
    body: body === null ? null : renderBody(parseBody(body), values, type),
  };
}
