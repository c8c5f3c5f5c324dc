import { IsIn } from 'class-validator';
import { IsId, IsText, MayBeAbsent, PageQuery } from '../../platform/index.js';
import { WEBHOOK_STATES, type WebhookEndpoint, type WebhookState } from './webhook-endpoint.entity.js';
import { toWebhookResponse, WebhookHealth, WebhookResponse } from './webhooks.dto.js';

/** Filters of all webhooks. */
export class OperatorWebhooksQuery extends PageQuery {
  /** @example "01900000-0000-7000-8000-000000000101" */
  @MayBeAbsent()
  @IsId()
  partnerId?: string;

  /** @example "01900000-0000-7000-8000-000000000301" */
  @MayBeAbsent()
  @IsId()
  brandId?: string;

  /** @example "disabled" */
  @MayBeAbsent()
  @IsIn(WEBHOOK_STATES)
  state?: WebhookState;
}

/** Why nothing more is sent. */
export class DisableWebhookDto {
  /**
   * The owner reads it.
   * @example "Your server answers with other people's pages"
   */
  @IsText(1_000)
  comment: string;
}

/** A webhook of somebody. */
export class OperatorWebhookResponse extends WebhookResponse {
  /** Whose it is; null for a brand's. */
  partnerId: string | null;
  /** Whose it is; null for a partner's. */
  brandId: string | null;
}

/** A webhook of somebody, with how well it does. */
export class OperatorWebhookDetailResponse extends OperatorWebhookResponse {
  health: WebhookHealth;
}

/** A page of webhooks. */
export class OperatorWebhookPage {
  items: OperatorWebhookResponse[];
  /** Give it as `cursor` for the next page; null on the last one. */
  nextCursor: string | null;
}

/** The webhook as operators see it. */
export function toOperatorWebhook(endpoint: WebhookEndpoint): OperatorWebhookResponse {
  const { partnerId, brandId } = endpoint;
  return { ...toWebhookResponse(endpoint), partnerId, brandId };
}
