import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EventLog } from '../../identity/index.js';
import { PARTNER_REGISTERED, type PartnerRegistered } from '../../partner-management/index.js';
import { DomainError, Outbox } from '../../platform/index.js';
import { ReferralEntry } from './referral-entry.service.js';

/** Enters the codes of inviters that were given at sign-up. What is refused never refuses the sign-up, but is told. */
@Injectable()
export class ReferralSignUpsConsumer implements OnModuleInit {
  constructor(
    private readonly outbox: Outbox,
    private readonly entry: ReferralEntry,
    private readonly events: EventLog,
  ) {}

  onModuleInit(): void {
    this.outbox.consume<PartnerRegistered>(
      'referrals-inviter-codes',
      PARTNER_REGISTERED,
      async (tx, { payload: { partnerId, inviterCode } }) => {
        if (!inviterCode) return;
        try {
          await this.entry.enter(tx, null, partnerId, inviterCode);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          const fault = error.details.errors?.[0];
          const data = { reason: fault ? `it ${fault.message}` : error.message };
          await this.events.record(tx, null, { partnerId, type: 'inviter_code_refused', subjectId: partnerId, data }); // prettier-ignore
        }
      },
    );
  }
}
