import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { Partners } from '../../partner-management/index.js';
import { Clock, Money, type Page, type Tx } from '../../platform/index.js';
import { entryEndsAt } from './domain/code-entry.js';
import { describeTerms } from './domain/describe-terms.js';
import { type OperatorReferralDto, type ReferralsQuery, toTermsDto } from './operator-referrals.dto.js';
import {
  countReferrals,
  getReferral,
  inviterBonuses,
  listReferrals,
  type Referral,
  referralOf,
} from './referral-book.js';
import { ReferralCodes } from './referral-codes.service.js';
import { amountsOf, ReferralConditions } from './referral-conditions.service.js';
import type { OwnReferralDto, ReferralProgramDto } from './referral-program.dto.js';
import { ReferralTermsBook } from './referral-terms.service.js';

type Db = EntityManager | DataSource;

/** Under which operators write questions and answers about the program. */
const FAQ_TOPIC = 'referral-program';

/** The referral program as partners and operators see it (T11). */
@Injectable()
export class ReferralOverview {
  constructor(
    private readonly terms: ReferralTermsBook,
    private readonly codes: ReferralCodes,
    private readonly conditions: ReferralConditions,
    private readonly partners: Partners,
    private readonly clock: Clock,
  ) {}

  /** What a partner sees of the program; makes its code when there is none yet. */
  async show(tx: Tx, partnerId: string): Promise<ReferralProgramDto> {
    const terms = await this.terms.current(tx);
    const code = await this.codes.own(tx, partnerId);
    const own = await referralOf(tx, partnerId);
    const got = await inviterBonuses(tx, partnerId);
    const none = got.length === 0 && terms ? [Money.zero(terms.inviterBonus.currency)] : [];
    return {
      ...(await countReferrals(tx, partnerId)),
      totalBonus: [...got, ...none].map((amount) => amount.toJSON()),
      code,
      link: this.codes.linkOf(code),
      terms: terms && toTermsDto(terms),
      invited: own && (await this.ownReferral(tx, own)),
      canEnterCodeUntil: own || !terms?.open ? null : await this.entryEnd(tx, partnerId),
      howItWorks: terms ? (terms.howItWorks.length > 0 ? terms.howItWorks : describeTerms(terms)) : [],
      faqTopic: FAQ_TOPIC,
    };
  }

  /** A page of referrals as operators see them, the latest first. */
  async list(db: Db, query: ReferralsQuery): Promise<Page<OperatorReferralDto>> {
    const page = await listReferrals(db, query);
    return { ...page, items: await this.asOperatorsSee(db, page.items) };
  }

  /** A referral as operators see it. @throws DomainError NOT_FOUND */
  async get(db: Db, id: string): Promise<OperatorReferralDto> {
    const [shown] = await this.asOperatorsSee(db, [await getReferral(db, id)]);
    return shown!;
  }

  private async asOperatorsSee(db: Db, referrals: readonly Referral[]): Promise<OperatorReferralDto[]> {
    const terms = await this.terms.byIds(db, referrals.map(({ termsId }) => termsId)); // prettier-ignore
    const ids = referrals.flatMap(({ partnerId, inviterId }) => [partnerId, inviterId]);
    const names = await this.partners.names(db, ids);
    return referrals.map(({ termsId, ...referral }) => ({
      ...referral,
      partnerName: names.get(referral.partnerId)!,
      inviterName: names.get(referral.inviterId)!,
      inviterBonus: terms.get(termsId)!.inviterBonus.toJSON(),
      invitedBonus: terms.get(termsId)!.invitedBonus.toJSON(),
    }));
  }

  private async ownReferral(tx: Tx, referral: Referral): Promise<OwnReferralDto> {
    const { terms, verified, worked, earned } = (await this.conditions.of(tx, [referral])).get(referral.id)!;
    const { state, enteredAt, windowEndsAt, payableAt } = referral;
    return {
      ...{ state, enteredAt, windowEndsAt, payableAt },
      bonus: terms.invitedBonus.toJSON(),
      conditions: {
        verified,
        workConfirmed: worked,
        earnings: amountsOf(earned).map((amount) => amount.toJSON()),
        minimumEarnings: terms.minimumEarnings.map((amount) => amount.toJSON()),
      },
    };
  }

  /** Until when the partner may enter a code; null when that is over, or it has worked. */
  private async entryEnd(tx: Tx, partnerId: string): Promise<Date | null> {
    const { signedUpAt, worked } = await this.conditions.ofEntry(tx, partnerId, null);
    const end = entryEndsAt(signedUpAt);
    return worked || this.clock.now() >= end ? null : end;
  }
}
