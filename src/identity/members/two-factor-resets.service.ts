import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/index.js';
import type { Actor } from '../actor.js';
import { teamRefusal } from '../identity.errors.js';
import { SecondFactor } from '../second-factor.service.js';
import { Sessions } from '../sessions.service.js';
import { MemberNews } from './member-news.js';
import { type Member, Members } from './members.service.js';

/** The way back for people who lost both the app and the recovery codes (A31, A32). */
@Injectable()
export class TwoFactorResets {
  constructor(
    private readonly members: Members,
    private readonly secondFactor: SecondFactor,
    private readonly sessions: Sessions,
    private readonly news: MemberNews,
  ) {}

  /**
   * Turns somebody's two-factor authentication off and ends all their sessions; nobody does it for themself.
   * @param reason what the person is told and the audit log keeps
   * @throws DomainError OWN_ACCOUNT (409), TWO_FACTOR_STATE (409) where it is off, and as {@link Members.getToChange}
   */
  async reset(tx: Tx, actor: Actor, userId: string, reason: string): Promise<Member> {
    const before = await this.members.getToChange(tx, actor, userId);
    if (actor.userId === userId) throw teamRefusal('own_account', before.realm);
    await this.secondFactor.disable(tx, userId);
    await this.sessions.endAll(tx, userId);
    return this.news.changed(tx, actor, 'two_factor_reset', before, reason);
  }
}
