import { Injectable } from '@nestjs/common';
import { type ActingUser, EventLog } from '../../identity/index.js';
import { Clock, Ids, type Tx } from '../../platform/index.js';
import { entryRefusal } from './domain/code-entry.js';
import { addReferral, referralOf } from './referral-book.js';
import { ReferralCodes } from './referral-codes.service.js';
import { ReferralConditions } from './referral-conditions.service.js';
import { entryRefused } from './referral-program.errors.js';
import { ReferralTermsBook } from './referral-terms.service.js';

const DAY_MS = 86_400_000;

/** Partners enter the code of who invited them, once (T11, rules §8). */
@Injectable()
export class ReferralEntry {
  constructor(
    private readonly codes: ReferralCodes,
    private readonly terms: ReferralTermsBook,
    private readonly conditions: ReferralConditions,
    private readonly events: EventLog,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the partner the one whom the code's owner invited.
   * @param actor who entered it; null at sign-up
   * @throws DomainError NOT_FOUND, INVITER_CODE_ENTERED, REFERRAL_PROGRAM_CLOSED, INVITER_CODE_TOO_LATE,
   *   INVITER_CODE_AFTER_WORK (409), INVITER_CODE_UNKNOWN, INVITER_CODE_OWN, INVITER_SIGNED_UP_LATER,
   *   INVITER_NOT_ACTIVE, INVITER_SAME_PERSON (422)
   */
  async enter(tx: Tx, actor: ActingUser | null, partnerId: string, code: string): Promise<void> {
    const inviterId = await this.codes.ownerOf(tx, code);
    const terms = await this.terms.current(tx);
    const sides = await this.conditions.ofEntry(tx, partnerId, inviterId);
    const entered = (await referralOf(tx, partnerId)) !== null;
    const now = this.clock.now();
    const refusal = entryRefusal({
      ...{ programOpen: terms?.open ?? false, inviterId, partnerId, entered, now },
      ...sides,
    });
    if (refusal) throw entryRefused(refusal);
    const id = this.ids.next();
    const added = await addReferral(tx, {
      ...{ id, partnerId, inviterId: inviterId!, termsId: terms!.id, enteredAt: now },
      windowEndsAt: new Date(sides.signedUpAt.getTime() + terms!.windowDays * DAY_MS),
    });
    if (!added) throw entryRefused('entered');
    const about = { subjectId: id, data: {} };
    await this.events.record(tx, actor, { ...about, partnerId, type: 'inviter_code_entered' });
    await this.events.record(tx, null, { ...about, partnerId: inviterId!, type: 'referral_registered' });
  }
}
