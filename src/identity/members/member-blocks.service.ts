import { Injectable } from '@nestjs/common';
import { Clock, type Tx } from '../../platform/index.js';
import type { Actor } from '../actor.js';
import { blockedByOperator, memberStateConflict } from '../identity.errors.js';
import { Impersonations } from '../impersonations.service.js';
import { OneTimeTokens } from '../one-time-tokens.service.js';
import { Sessions } from '../sessions.service.js';
import { MemberNews } from './member-news.js';
import { type Member, Members } from './members.service.js';

/** Shuts people out and lets them back in, under the rules that {@link Members.getToChange} keeps (A24, A32). */
@Injectable()
export class MemberBlocks {
  constructor(
    private readonly members: Members,
    private readonly sessions: Sessions,
    private readonly tokens: OneTimeTokens,
    private readonly impersonations: Impersonations,
    private readonly news: MemberNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Blocks: all sessions and impersonations end, links that were mailed before no longer work, and signing in is
   * refused. An operator's block replaces an owner's.
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
    return this.news.changed(tx, actor, 'blocked', before);
  }

  /** Lifts a block. @throws DomainError MEMBER_STATE_CONFLICT (409), BLOCKED_BY_OPERATOR (409) for an owner */
  async unblock(tx: Tx, actor: Actor, userId: string): Promise<Member> {
    const before = await this.members.getToChange(tx, actor, userId);
    if (before.blockedBy === 'operator' && actor.realm !== 'operator') throw blockedByOperator();
    const [, count] = await tx.query<[unknown[], number]>(
      `UPDATE users SET blocked_at = NULL, blocked_by_team = false, blocked_reason = NULL
        WHERE id = $1 AND blocked_at IS NOT NULL`,
      [userId],
    );
    if (count === 0) throw memberStateConflict('is not blocked');
    return this.news.changed(tx, actor, 'unblocked', before);
  }
}
