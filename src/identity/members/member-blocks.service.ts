import { Injectable } from '@nestjs/common';
import { Clock, type Tx } from '../../platform/index.js';
import type { Actor } from '../actor.js';
import { memberStateConflict } from '../identity.errors.js';
import { Impersonations } from '../impersonations.service.js';
import { OneTimeTokens } from '../one-time-tokens.service.js';
import { Sessions } from '../sessions.service.js';
import { MemberNews } from './member-news.js';
import { assertOpenTo, type Member, Members } from './members.service.js';

/** Withdraws what somebody whom an operator has just blocked had set going. */
type Withdrawal = (tx: Tx, actor: Actor, userId: string) => Promise<void>;

/** Shuts people out and lets them back in, under the rules that {@link Members.getToChange} keeps (A24, A32). */
@Injectable()
export class MemberBlocks {
  private readonly withdrawals: Withdrawal[] = [];

  constructor(
    private readonly members: Members,
    private readonly sessions: Sessions,
    private readonly tokens: OneTimeTokens,
    private readonly impersonations: Impersonations,
    private readonly news: MemberNews,
    private readonly clock: Clock,
  ) {}

  /** Has every block by an operator withdraw more of what the person had set going, in the block's transaction. */
  withdrawBy(withdrawal: Withdrawal): void {
    this.withdrawals.push(withdrawal);
  }

  /**
   * Blocks: all sessions and impersonations end, links that were mailed before no longer work, and signing in is
   * refused. An operator's block replaces an owner's, and withdraws the invitations to the partner's team that the
   * person sent (whom a blocked owner chose does not inherit the team), and what {@link withdrawBy} adds.
   * @param reason what the person is told
   * @throws DomainError MEMBER_STATE_CONFLICT (409), OWN_ACCOUNT (409), LAST_OWNER or LAST_ADMIN (409); an operator may
   *   block all owners of a partner
   */
  async block(tx: Tx, actor: Actor, userId: string, reason: string | null): Promise<Member> {
    const byTeam = actor.realm !== 'operator';
    const before = await this.members.getToChange(tx, actor, userId, ({ realm }) => realm === actor.realm);
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE users SET blocked_at = coalesce(blocked_at, $2), blocked_by_team = $3, blocked_reason = $4
        WHERE id = $1 AND (blocked_at IS NULL OR (blocked_by_team AND NOT $3))`,
      [userId, this.clock.now(), byTeam, reason],
    );
    if (count === 0) throw memberStateConflict('is blocked already');
    await this.sessions.endAll(tx, userId);
    await this.tokens.revokeMailedLinks(tx, userId);
    await this.impersonations.endOverdue(tx, userId);
    if (!byTeam) {
      await this.withdrawInvitations(tx, actor, before);
      for (const withdrawal of this.withdrawals) await withdrawal(tx, actor, userId);
    }
    return this.news.changed(tx, actor, 'blocked', before);
  }

  /** Lifts a block. @throws DomainError MEMBER_STATE_CONFLICT (409), BLOCKED_BY_OPERATOR (409) for an owner */
  async unblock(tx: Tx, actor: Actor, userId: string): Promise<Member> {
    const before = await this.members.getToChange(tx, actor, userId);
    assertOpenTo(actor, before);
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE users SET blocked_at = NULL, blocked_by_team = false, blocked_reason = NULL
        WHERE id = $1 AND blocked_at IS NOT NULL`,
      [userId],
    );
    if (count === 0) throw memberStateConflict('is not blocked');
    return this.news.changed(tx, actor, 'unblocked', before);
  }

  private async withdrawInvitations(tx: Tx, actor: Actor, inviter: Member): Promise<void> {
    for (const invited of await this.members.invitedBy(tx, inviter)) {
      if (!(await this.members.removeInvited(tx, invited.id))) continue;
      await this.news.tell(tx, actor, { change: 'invitation_withdrawn', before: invited, after: null });
    }
  }
}
