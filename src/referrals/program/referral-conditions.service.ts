import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { EventLog } from '../../identity/index.js';
import { Partners } from '../../partner-management/index.js';
import { Clock, Money, type Tx } from '../../platform/index.js';
import { Earnings } from '../../wallet/index.js';
import type { EntryFacts } from './domain/code-entry.js';
import { reaches } from './domain/referral-state.js';
import type { Referral } from './referral-book.js';
import type { ReferralTerms } from './referral-terms.js';
import { ReferralTermsBook } from './referral-terms.service.js';
import { SamePerson } from './same-person.service.js';

/** How far the conditions of a referral are met. */
export interface Conditions {
  terms: ReferralTerms;
  /** The partner's account is approved, and a creator's social account verified. */
  verified: boolean;
  /** A publication was confirmed, or a bill paid, in the window. */
  worked: boolean;
  /** What was earned in the window, by currency. */
  earned: ReadonlyMap<string, bigint>;
  /** The work was done and enough was earned, whatever became of the account. */
  workStands: boolean;
  /** The work stands, and the account is verified. */
  fulfilled: boolean;
  /** Both work with the program at present. */
  bothActive: boolean;
}

/** A publication may be confirmed without money: for goods, or for orders to come. */
const PUBLISHED = { type: 'publication_confirmed', undoneBy: 'publication_reversed' } as const;

/** What is known of the two sides of referrals (rules §8). */
@Injectable()
export class ReferralConditions {
  constructor(
    private readonly terms: ReferralTermsBook,
    private readonly partners: Partners,
    private readonly earnings: Earnings,
    private readonly people: SamePerson,
    private readonly events: EventLog,
    private readonly clock: Clock,
  ) {}

  /** What decides about a code that is entered, of the two sides. @throws DomainError NOT_FOUND */
  async ofEntry(
    tx: Tx,
    partnerId: string,
    inviterId: string | null,
  ): Promise<
    Pick<EntryFacts, 'signedUpAt' | 'inviterSignedUpAt' | 'worked' | 'inviterActive' | 'samePerson'>
  > {
    const { createdAt: signedUpAt } = await this.partners.get(tx, partnerId);
    const before = new Date(this.clock.now().getTime() + 1);
    const always = { from: new Date(0), before };
    const earned = await this.earnings.of(tx, [{ ...always, ownerId: partnerId }]);
    const published = await this.events.had(tx, [{ ...always, partnerId }], PUBLISHED);
    const other = inviterId !== null && inviterId !== partnerId;
    return {
      signedUpAt,
      inviterSignedUpAt: inviterId === null ? null : (await this.partners.get(tx, inviterId)).createdAt,
      worked: earned(partnerId).amounts.size > 0 || published.has(partnerId),
      inviterActive: other && (await this.partners.isActive(tx, inviterId)),
      samePerson: other && (await this.people.are(tx, partnerId, inviterId)),
    };
  }

  /** Conditions by the referral's id: a handful of statements, however many there are. */
  async of(
    db: EntityManager | DataSource,
    referrals: readonly Referral[],
  ): Promise<ReadonlyMap<string, Conditions>> {
    const terms = await this.terms.byIds(db, referrals.map(({ termsId }) => termsId)); // prettier-ignore
    const ids = referrals.flatMap(({ partnerId, inviterId }) => [partnerId, inviterId]);
    const standings = await this.partners.standings(db, ids);
    const spans = referrals.map(({ partnerId, enteredAt, windowEndsAt }) => ({
      partnerId,
      ownerId: partnerId,
      from: enteredAt,
      before: windowEndsAt,
    }));
    const earnings = await this.earnings.of(db, spans);
    const published = await this.events.had(db, spans, PUBLISHED);
    return new Map(
      referrals.map(({ id, partnerId, inviterId, termsId }) => {
        const partner = standings.get(partnerId)!;
        const { amounts: earned, worked: paid } = earnings(partnerId);
        const worked = paid || published.has(partnerId);
        const promised = terms.get(termsId)!;
        const minimums = new Map(promised.minimumEarnings.map(({ currency, minor }) => [currency, minor]));
        const { verified } = partner;
        const workStands = worked && reaches(earned, minimums);
        return [
          id,
          {
            ...{ terms: promised, verified, worked, earned, workStands },
            fulfilled: verified && workStands,
            bothActive: partner.active && standings.get(inviterId)!.active,
          },
        ];
      }),
    );
  }

  /** Whether both sides seem to be one person. */
  samePerson(db: EntityManager, { partnerId, inviterId }: Referral): Promise<boolean> {
    return this.people.are(db, partnerId, inviterId);
  }
}

/** Amounts by currency as money, sorted. */
export function amountsOf(earned: ReadonlyMap<string, bigint>): Money[] {
  return [...earned].sort().map(([currency, minor]) => Money.of(minor, currency));
}
