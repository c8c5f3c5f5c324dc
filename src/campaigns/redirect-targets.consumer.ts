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
      `SELECT pg_notify('promos_changed', code) FROM promos
        WHERE brand_id = $1 AND ($2::uuid IS NULL OR landing_id = $2)`,
      [payload.brandId, payload.landingId],
    );
  }
}
