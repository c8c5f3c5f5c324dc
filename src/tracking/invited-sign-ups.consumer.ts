import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { Promos } from '../campaigns/index.js';
import { PARTNER_REGISTERED, type PartnerRegistered } from '../partner-management/index.js';
import { Outbox, type Tx } from '../platform/index.js';
import { SubAffiliates } from '../referrals/index.js';

/** Connects partners who signed up with the visit that led them to the sign-up (A08): the click names its link. */
@Injectable()
export class InvitedSignUpsConsumer implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly promos: Promos,
    private readonly subAffiliates: SubAffiliates,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<PartnerRegistered>(
      'tracking-invited-sign-ups',
      PARTNER_REGISTERED,
      async (tx, { payload: { partnerId, ref } }) => {
        if (ref !== null && isUUID(ref)) await this.connect(tx, partnerId, ref);
      },
    );
  }

  private async connect(tx: Tx, partnerId: string, visitId: string): Promise<void> {
    const [visit] = await tx.query<{ promo_id: string }[]>('SELECT promo_id FROM visits WHERE id = $1', [
      visitId,
    ]);
    if (!visit) return;
    const codes = await this.promos.codesOf(tx, [visit.promo_id]);
    const code = codes.get(visit.promo_id);
    if (code !== undefined) await this.subAffiliates.connect(tx, { partnerId, code, visitId });
  }
}
