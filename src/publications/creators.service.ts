import { Injectable } from '@nestjs/common';
import { Partners, SocialAccounts } from '../partner-management/index.js';
import type { Tx } from '../platform/index.js';
import { assessCreator, type CreatorAccount } from './domain/eligibility.js';
import type { Offer } from './offers/offer-rows.js';
import { notEligible } from './publications.errors.js';

/** Who creators are, and by which account they publish. */
@Injectable()
export class Creators {
  constructor(
    private readonly partners: Partners,
    private readonly accounts: SocialAccounts,
  ) {}

  /** The account that the creator publishes by. @throws DomainError NOT_ELIGIBLE (422) with every reason */
  async accountFor(
    tx: Tx,
    partnerId: string,
    offer: Offer,
    wishedId: string | undefined,
  ): Promise<CreatorAccount> {
    const { country } = await this.partners.get(tx, partnerId);
    const accounts = await this.accounts.listOf(tx, partnerId);
    const { account, reasons } = assessCreator(offer, { country, accounts }, wishedId);
    if (account === null) throw notEligible(reasons);
    return account;
  }
}
