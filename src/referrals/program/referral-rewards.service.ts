import { Injectable } from '@nestjs/common';
import { type ActingUser, EventLog } from '../../identity/index.js';
import { DomainError, LostRace, type Money, type Tx } from '../../platform/index.js';
import { Ledger, Wallets } from '../../wallet/index.js';
import type { Referral } from './referral-book.js';
import { bonusSpent } from './referral-program.errors.js';
import type { ReferralTerms } from './referral-terms.js';

const KIND = 'referral_bonus';

/** An operator's word that a bonus is to be taken back. */
export interface Revocation {
  /** Both sides are told. */
  reason: string;
  /** Confirms that available balances may go below zero. */
  overdraw: boolean;
}

/** The bonus of both sides: one journal, so that both are credited or neither, once, and taken back together. */
@Injectable()
export class ReferralRewards {
  constructor(
    private readonly ledger: Ledger,
    private readonly wallets: Wallets,
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
   * Takes both back, because the work was.
   * @throws DomainError INSUFFICIENT_FUNDS (422) when one has withdrawn it, WALLET_FROZEN (409)
   */
  async takeBack(tx: Tx, referral: Referral, terms: ReferralTerms, reason: string): Promise<void> {
    await this.reverse(tx, null, referral, terms, { reason, overdraw: false });
  }

  /**
   * Takes both back, because an operator has decided so.
   * @throws DomainError WOULD_OVERDRAW (422) naming who has withdrawn it, unless `overdraw` confirms that balances may
   *   go below zero; WALLET_FROZEN (409)
   */
  async revoke(
    tx: Tx,
    actor: ActingUser,
    referral: Referral,
    terms: ReferralTerms,
    revocation: Revocation,
  ): Promise<void> {
    if (!revocation.overdraw) await this.assertCovered(tx, referral, terms);
    try {
      await this.reverse(tx, actor, referral, terms, revocation);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'INSUFFICIENT_FUNDS') throw error;
      throw new LostRace(error.code, 'Somebody is withdrawing this bonus just now; try again.');
    }
  }

  private async assertCovered(tx: Tx, referral: Referral, terms: ReferralTerms): Promise<void> {
    const short: string[] = [];
    for (const { ownerId, amount } of sharesOf(referral, terms)) {
      const balances = await this.wallets.balances(tx, ownerId);
      const balance = balances.find(({ currency }) => currency === amount.currency);
      if (!balance || balance.available.subtract(amount).isNegative()) short.push(ownerId);
    }
    if (short.length > 0) throw bonusSpent(referral, short);
  }

  private async reverse(
    tx: Tx,
    actor: ActingUser | null,
    referral: Referral,
    terms: ReferralTerms,
    { reason, overdraw: mayOverdraw }: Revocation,
  ): Promise<void> {
    await this.ledger.reverse(tx, {
      kind: 'referral_bonus_reversal',
      reference: referral.id,
      memo: reason,
      mayOverdraw,
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
