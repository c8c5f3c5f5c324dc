import { Injectable } from '@nestjs/common';
import { type ActingUser, EventLog } from '../../identity/index.js';
import type { Money, Tx } from '../../platform/index.js';
import { Ledger } from '../../wallet/index.js';
import type { Referral } from './referral-book.js';
import type { ReferralTerms } from './referral-terms.js';

const KIND = 'referral_bonus';

/** The bonus of both sides: one journal, so that both are credited or neither, once, and taken back together. */
@Injectable()
export class ReferralRewards {
  constructor(
    private readonly ledger: Ledger,
    private readonly events: EventLog,
  ) {}

  /** Credits both. @throws DomainError WALLET_FROZEN (409) */
  async credit(tx: Tx, referral: Referral, terms: ReferralTerms): Promise<void> {
    const shares = sharesOf(referral, terms);
    const total = terms.inviterBonus.add(terms.invitedBonus);
    await this.ledger.post(tx, {
      kind: KIND,
      reference: referral.id,
      memo: 'Referral bonus',
      entries: [
        { account: { ownerId: null, kind: 'commission_expense' }, amount: total.negate() },
        ...shares.map(({ ownerId, amount }) => ({
          account: { ownerId, kind: 'available' as const },
          amount,
        })),
      ],
    });
    for (const { ownerId: partnerId, amount } of shares) {
      const data = { amount: amount.toJSON() };
      await this.events.record(tx, null, { partnerId, type: 'referral_rewarded', subjectId: referral.id, data }); // prettier-ignore
    }
  }

  /**
   * Takes both back.
   * @param actor who decided so; null for the program itself
   * @throws DomainError INSUFFICIENT_FUNDS (422) when one has withdrawn it, WALLET_FROZEN (409)
   */
  async takeBack(tx: Tx, actor: ActingUser | null, referral: Referral, terms: ReferralTerms, reason: string) {
    await this.ledger.reverse(tx, {
      kind: 'referral_bonus_reversal',
      reference: referral.id,
      memo: reason,
      reverses: { kind: KIND, reference: referral.id },
    });
    for (const { ownerId: partnerId, amount } of sharesOf(referral, terms)) {
      const data = { amount: amount.toJSON(), reason };
      await this.events.record(tx, actor, { partnerId, type: 'referral_reversed', subjectId: referral.id, data }); // prettier-ignore
    }
  }
}

function sharesOf(referral: Referral, terms: ReferralTerms): { ownerId: string; amount: Money }[] {
  return [
    { ownerId: referral.inviterId, amount: terms.inviterBonus },
    { ownerId: referral.partnerId, amount: terms.invitedBonus },
  ].filter(({ amount }) => !amount.isZero());
}
