import { Injectable } from '@nestjs/common';
import { type Actor, type ActingUser, AuditLog, EventLog } from '../../identity/index.js';
import { Clock, notFound, type Tx } from '../../platform/index.js';
import { nextStep, type ReferralStep, STEPS } from './domain/referral-state.js';
import { moveReferral, type Referral, takeReferral, takeUnpaid } from './referral-book.js';
import { ReferralConditions } from './referral-conditions.service.js';
import { referralSettled } from './referral-program.errors.js';
import { ReferralRewards, type Revocation } from './referral-rewards.service.js';
import type { ReferralTerms } from './referral-terms.js';

const DAY_MS = 86_400_000;

type RevokedBy = Revocation & { actor: ActingUser };

/** Why the program itself ended a referral, in words for both sides. */
export const REASONS = {
  miss: 'the conditions were not met in time',
  decline: 'both accounts seem to belong to one person',
  leave: 'one of both has left the program',
  reverse: 'the work that it was paid for was taken back',
} as const;

/** Takes referrals from state to state (rules §8). */
@Injectable()
export class ReferralProgress {
  constructor(
    private readonly conditions: ReferralConditions,
    private readonly rewards: ReferralRewards,
    private readonly events: EventLog,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Which of the referrals a step is due for, by what can be seen of many at once. */
  async due(tx: Tx, referrals: readonly Referral[]): Promise<string[]> {
    const conditions = await this.conditions.of(tx, referrals);
    const now = this.clock.now();
    const isDue = (referral: Referral): boolean =>
      nextStep(referral, { ...conditions.get(referral.id)!, samePerson: false, now }) !== null;
    return referrals.filter(isDue).map(({ id }) => id);
  }

  /**
   * Does the referral's next step, if there is one and nobody else is at it.
   * @throws DomainError INSUFFICIENT_FUNDS (422) when a bonus cannot be taken back yet, WALLET_FROZEN (409)
   */
  async advance(tx: Tx, id: string): Promise<ReferralStep | null> {
    const referral = await takeReferral(tx, id, true);
    if (!referral) return null;
    const conditions = (await this.conditions.of(tx, [referral])).get(id)!;
    const samePerson = referral.state === 'held' && (await this.conditions.samePerson(tx, referral));
    const step = nextStep(referral, { ...conditions, samePerson, now: this.clock.now() });
    if (step) await this.take(tx, referral, { step, terms: conditions.terms });
    return step;
  }

  /** Remembers that the bonus shall be taken back as soon as the money is there. */
  async postpone(tx: Tx, id: string): Promise<void> {
    const referral = await takeReferral(tx, id, true);
    if (referral?.state === 'rewarded') await moveReferral(tx, id, { ...referral, reason: REASONS.reverse });
  }

  /**
   * An operator ends a referral: what was not paid is not going to be, and what was is taken back.
   * @throws DomainError NOT_FOUND, REFERRAL_SETTLED, WALLET_FROZEN (409), WOULD_OVERDRAW (422)
   */
  async revoke(tx: Tx, actor: Actor, id: string, revocation: Revocation): Promise<void> {
    const referral = await takeReferral(tx, id, false);
    if (!referral) throw notFound('referral');
    const step = (['decline', 'reverse'] as const).find((name) => STEPS[name].from.includes(referral.state));
    if (!step) throw referralSettled();
    const { terms } = (await this.conditions.of(tx, [referral])).get(id)!;
    await this.take(tx, referral, { step, terms, revoked: { actor, ...revocation } });
    await this.audit.record(tx, actor, {
      action: 'referral.revoke',
      subject: { type: 'referral', id },
      partnerId: referral.partnerId,
      before: { state: referral.state },
      after: { state: STEPS[step].to, ...revocation },
    });
  }

  /** Nobody is paid for whom there is no more: what is not paid to a partner that leaves ends, and the other side is told. */
  async leave(tx: Tx, partnerId: string): Promise<void> {
    for (const referral of await takeUnpaid(tx, partnerId)) {
      const other = referral.partnerId === partnerId ? referral.inviterId : referral.partnerId;
      await this.tellOfEnd(tx, null, referral, REASONS.leave, [other]);
      await moveReferral(tx, referral.id, {
        ...referral,
        state: STEPS.decline.to,
        endedAt: this.clock.now(),
        reason: REASONS.leave,
      });
    }
  }

  private async take(
    tx: Tx,
    referral: Referral,
    { step, terms, revoked }: { step: ReferralStep; terms: ReferralTerms; revoked?: RevokedBy },
  ): Promise<void> {
    const now = this.clock.now();
    const to = { ...referral, state: STEPS[step].to };
    if (step === 'hold') to.payableAt = new Date(now.getTime() + terms.holdDays * DAY_MS);
    if (step === 'reopen') to.payableAt = null;
    if (step === 'reward') {
      to.rewardedAt = now;
      await this.rewards.credit(tx, referral, terms);
    }
    if (step === 'miss' || step === 'decline' || step === 'reverse') {
      to.endedAt = now;
      to.reason = revoked?.reason ?? REASONS[step];
      const both = [referral.partnerId, referral.inviterId];
      if (step !== 'reverse') await this.tellOfEnd(tx, revoked?.actor ?? null, referral, to.reason, both);
      else if (revoked) await this.rewards.revoke(tx, revoked.actor, referral, terms, revoked);
      else await this.rewards.takeBack(tx, referral, terms, to.reason);
    }
    await moveReferral(tx, referral.id, to);
  }

  private async tellOfEnd(
    tx: Tx,
    actor: ActingUser | null,
    referral: Referral,
    reason: string,
    told: readonly string[],
  ): Promise<void> {
    const about = { type: 'referral_ended', subjectId: referral.id, data: { reason } } as const;
    for (const partnerId of told) await this.events.record(tx, actor, { ...about, partnerId });
  }
}
