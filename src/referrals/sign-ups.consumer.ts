import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { PARTNER_REGISTERED, type PartnerRegistered } from '../partner-management/index.js';
import { Outbox } from '../platform/index.js';
import { SubAffiliates } from './sub-affiliates.service.js';

/** Connects partners who signed up with the code of a link. Those who gave a visit are the tracking room's. */
@Injectable()
export class SignUpsConsumer implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly subAffiliates: SubAffiliates,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<PartnerRegistered>(
      'referrals-sign-ups',
      PARTNER_REGISTERED,
      async (tx, { payload: { partnerId, ref } }) => {
        if (ref === null || isUUID(ref)) return;
        await this.subAffiliates.connect(tx, { partnerId, code: ref, visitId: null });
      },
    );
  }
}
