import { Injectable } from '@nestjs/common';
import { invalidField, notFound, type Tx } from '../../platform/index.js';
import type { Actor } from '../actor.js';
import type { Realm } from '../domain/permissions.js';
import { ROLES } from '../domain/team-rules.js';
import { memberStateConflict } from '../identity.errors.js';
import { Impersonations } from '../impersonations.service.js';
import { LockOut } from '../lock-out.service.js';
import { Sessions } from '../sessions.service.js';
import { StatisticTokens } from '../statistic-tokens.service.js';
import { MemberNews } from './member-news.js';
import { assertOpenTo, type Member, Members } from './members.service.js';

/**
 * Changes people: an owner those of its team, an administrator everybody (A24, A32). Every method refuses somebody
 * whom the actor may not see with NOT_FOUND, and an actor who does not lead its team any more with PERMISSION_DENIED.
 */
@Injectable()
export class MemberChanges {
  constructor(
    private readonly members: Members,
    private readonly sessions: Sessions,
    private readonly lockOut: LockOut,
    private readonly statisticTokens: StatisticTokens,
    private readonly impersonations: Impersonations,
    private readonly news: MemberNews,
  ) {}

  /**
   * Changes name and role; only what is given. An impersonation that the new role does not allow ends for good.
   * @throws DomainError OWN_ACCOUNT (409) on demoting oneself, LAST_OWNER or LAST_ADMIN (409), VALIDATION_FAILED (422)
   *   for a role of another realm
   */
  async change(
    tx: Tx,
    actor: Actor,
    userId: string,
    { name, role }: { name?: string; role?: string },
  ): Promise<Member> {
    const before = await this.members.getToChange(tx, actor, userId, ({ realm }) => {
      // First of all: what is no role of the realm takes nothing away.
      if (role !== undefined) assertRoleOf(realm, role);
      return role !== undefined && role !== ROLES[realm][0];
    });
    if (name !== undefined && name !== before.name) {
      await tx.query('UPDATE users SET name = $2 WHERE id = $1', [userId, name]);
      await this.news.changed(tx, actor, 'renamed', before);
    }
    if (role !== undefined && role !== before.role) {
      await tx.query('UPDATE memberships SET role = $2 WHERE user_id = $1', [userId, role]);
      await this.impersonations.endOverdue(tx, userId);
      return this.news.changed(tx, actor, 'role_changed', before);
    }
    return this.members.get(tx, actor, userId);
  }

  /** Unlocks who was locked by failed sign-ins. @throws DomainError MEMBER_STATE_CONFLICT (409) */
  async unlock(tx: Tx, actor: Actor, userId: string): Promise<Member> {
    const before = await this.members.getToChange(tx, actor, userId);
    if (!(await this.lockOut.unlock(tx, userId))) throw memberStateConflict('is not locked');
    return this.news.changed(tx, actor, 'unlocked', before);
  }

  /** Ends a session of somebody at once. @throws DomainError NOT_FOUND when it is not in force */
  async endSession(tx: Tx, actor: Actor, userId: string, sessionId: string): Promise<void> {
    const before = await this.members.getToChange(tx, actor, userId);
    if (!(await this.sessions.end(tx, userId, sessionId))) throw notFound('session');
    await this.news.changed(tx, actor, 'session_ended', before);
  }

  /** Expires somebody's statistics token: its feeds and report clients are out at once. */
  async expireStatisticToken(tx: Tx, actor: Actor, userId: string): Promise<void> {
    const before = await this.members.getToChange(tx, actor, userId);
    await this.statisticTokens.expire(tx, userId);
    await this.news.changed(tx, actor, 'statistic_token_expired', before);
  }

  /**
   * Takes back an invitation: the account, which was never used, is gone.
   * @throws DomainError MEMBER_STATE_CONFLICT (409), BLOCKED_BY_OPERATOR (409) for an owner
   */
  async withdrawInvitation(tx: Tx, actor: Actor, userId: string): Promise<void> {
    const before = await this.members.getToChange(tx, actor, userId);
    if (!before.invitedAt) throw memberStateConflict('has joined already; block instead');
    assertOpenTo(actor, before);
    if (!(await this.members.removeInvited(tx, userId))) {
      throw memberStateConflict('has joined already; block instead');
    }
    await this.news.tell(tx, actor, { change: 'invitation_withdrawn', before, after: null });
  }
}

/** @throws DomainError VALIDATION_FAILED (422) */
function assertRoleOf(realm: Realm, role: string): void {
  const roles: readonly string[] = ROLES[realm];
  if (!roles.includes(role)) throw invalidField('role', `must be one of ${roles.join(', ')}`);
}
