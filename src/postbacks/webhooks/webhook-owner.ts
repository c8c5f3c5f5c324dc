import type { Actor } from '../../identity/index.js';
import type { WebhookAudience } from './webhook-catalogue.js';

/** Whose a webhook is. */
export interface WebhookOwner {
  readonly kind: WebhookAudience;
  readonly id: string;
}

/** The team for which somebody acts. */
export function ownerOf({ partnerId, brandId }: Pick<Actor, 'partnerId' | 'brandId'>): WebhookOwner {
  return partnerId === null ? { kind: 'brand', id: brandId! } : { kind: 'partner', id: partnerId };
}

/** The owner as the columns of a webhook; nothing for null, which stands for all owners. */
export function ownerColumns(owner: WebhookOwner | null): { partnerId?: string; brandId?: string } {
  if (owner === null) return {};
  return owner.kind === 'partner' ? { partnerId: owner.id } : { brandId: owner.id };
}
