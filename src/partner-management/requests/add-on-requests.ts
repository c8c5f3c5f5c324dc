import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock, invalidField, Money, type Tx } from '../../platform/index.js';
import { Offerings } from '../packages/offerings.service.js';
import { type PartnerRequest, RequestKinds } from './request-kinds.js';
import { PartnerRequests, type Requester } from './partner-requests.service.js';

/** Requests for add-ons to the package that a partner has (O03, rules §9.2). */
@Injectable()
export class AddOnRequests implements OnModuleInit {
  constructor(
    private readonly kinds: RequestKinds,
    private readonly requests: PartnerRequests,
    private readonly offerings: Offerings,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.kinds.register({
      kind: 'add_on',
      onApproved: (tx, _actor, request) => this.grant(tx, request),
    });
  }

  /**
   * Asks for an add-on; each that is approved adds to what the partner has.
   * @returns the request's id
   * @throws DomainError VALIDATION_FAILED (422) for an unknown or archived add-on, PARTNER_STATE_CONFLICT (409),
   *   REQUEST_PENDING (409)
   */
  async open(
    tx: Tx,
    requester: Requester,
    { addOnId, description }: { addOnId: string; description?: string },
  ): Promise<string> {
    const wanted = await this.offerings.find(tx, 'add_on', addOnId);
    if (wanted?.state !== 'active') throw invalidField('addOnId', 'is not an add-on that can be asked for');
    return this.requests.open(tx, requester, {
      kind: 'add_on',
      subjectId: wanted.id,
      title: wanted.name,
      price: Money.parseNonNegative(wanted.price.amount, wanted.price.currency),
      description: description ?? null,
    });
  }

  private async grant(tx: Tx, { id, partnerId, subjectId }: PartnerRequest): Promise<void> {
    await tx.query(
      'INSERT INTO partner_add_ons (request_id, partner_id, add_on_id, granted_at) VALUES ($1, $2, $3, $4)',
      [id, partnerId, subjectId, this.clock.now()],
    );
  }
}
