import { Injectable, type OnModuleInit } from '@nestjs/common';
import { REDIRECT_TARGETS_CHANGED, type RedirectTargetsChanged } from '../brands/index.js';
import { Outbox, type OutboxEvent, type Tx } from '../platform/index.js';

/** Tells every instance of the redirect when a brand has changed what tracking links lead to (rules §2.1). */
@Injectable()
export class RedirectTargetsConsumer implements OnModuleInit {
  constructor(private readonly outbox: Outbox) {}

  onModuleInit(): void {
    this.outbox.consume<RedirectTargetsChanged>(
      'campaigns-redirect-targets',
      REDIRECT_TARGETS_CHANGED,
      (tx, event) => this.announce(tx, event),
    );
  }

  /** One notification per code: listeners on `promos_changed` forget the targets they hold. */
  private async announce(tx: Tx, { payload }: OutboxEvent<RedirectTargetsChanged>): Promise<void> {
    await tx.query(
      `SELECT pg_notify('promos_changed', link_codes.code)
         FROM promos JOIN link_codes ON link_codes.promo_id = promos.id
        WHERE brand_id = $1
          AND ($2::uuid IS NULL OR landing_id = $2
               OR targets @> jsonb_build_array(jsonb_build_object('landingId', $2::text)))`,
      [payload.brandId, payload.landingId],
    );
  }
}
