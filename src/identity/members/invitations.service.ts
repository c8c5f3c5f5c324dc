import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Clock, type Tx } from '../../platform/index.js';
import { Accounts } from '../accounts.service.js';
import type { Actor } from '../actor.js';
import type { Realm } from '../domain/permissions.js';
import { teamFault } from '../domain/team-rules.js';
import { memberStateConflict, teamRefusal } from '../identity.errors.js';
import { LIFETIME_HOURS } from '../one-time-tokens.service.js';
import { MemberNews } from './member-news.js';
import { type LockedTeammate, type Member, Members, type Tenant } from './members.service.js';

export interface NewMember extends Tenant {
  email: string;
  name: string;
  role: string;
}

/** What a mail calls the team that somebody is invited to. */
const TEAMS: Readonly<Record<Realm, string>> = {
  partner: 'their team',
  brand: 'the team of a brand',
  operator: 'the operators of the program',
};

/** How long after it was mailed an invitation is withdrawn: its link ended 30 days ago. */
const FORGOTTEN_HOURS = LIFETIME_HOURS.invitation + 30 * 24;

/** Invites people, who set a password by a mailed link (A24). */
@Injectable()
export class Invitations {
  constructor(
    private readonly members: Members,
    private readonly accounts: Accounts,
    private readonly news: MemberNews,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes the account and mails the link.
   * @throws DomainError EMAIL_TAKEN (409), PERMISSION_DENIED (403) when the actor does not lead its team any more
   */
  async invite(tx: Tx, actor: Actor, member: NewMember): Promise<Member> {
    const team = await this.lockedTeam(tx, actor, member, actor.userId);
    const userId = await this.accounts.register(tx, {
      ...member,
      passwordHash: null,
      active: member.realm !== 'partner' || team.some(({ active }) => active),
      emailVerified: false,
    });
    const invited = await this.members.get(tx, actor, userId);
    await this.mail(tx, actor, invited);
    await this.news.tell(tx, actor, { change: 'invited', before: null, after: invited });
    return invited;
  }

  /**
   * Mails another link; those mailed before no longer work.
   * @throws DomainError NOT_FOUND, MEMBER_STATE_CONFLICT (409) for somebody who has joined or is blocked
   */
  async inviteAgain(tx: Tx, actor: Actor, userId: string): Promise<Member> {
    const before = await this.members.get(tx, actor, userId);
    await this.lockedTeam(tx, actor, before, userId);
    const [, count] = await tx.query<[unknown[], number]>(
      'UPDATE users SET invited_at = $2 WHERE id = $1 AND invited_at IS NOT NULL AND blocked_at IS NULL',
      [userId, this.clock.now()],
    );
    if (count === 0) throw memberStateConflict('has joined already or is blocked');
    const after = await this.members.get(tx, actor, userId);
    await this.mail(tx, actor, after);
    await this.news.tell(tx, actor, { change: 'invited', before, after });
    return after;
  }

  /** Invitations that nobody accepted in time, nor sent again, for so long that they are to be withdrawn. */
  forgotten(db: DataSource): Promise<Member[]> {
    return this.members.invitedBefore(db, this.forgottenBefore());
  }

  /** Withdraws one of {@link forgotten}, which frees its address, unless it was sent again meanwhile. */
  async withdrawForgotten(tx: Tx, invited: Member): Promise<void> {
    await this.members.lockTeam(tx, invited);
    const [before] = await this.members.invitedBefore(tx, this.forgottenBefore(), invited.id);
    if (!before || !(await this.members.removeInvited(tx, before.id))) return;
    await this.news.tell(tx, null, { change: 'invitation_withdrawn', before, after: null });
  }

  private forgottenBefore(): Date {
    return new Date(this.clock.now().getTime() - FORGOTTEN_HOURS * 3_600_000);
  }

  private async lockedTeam(tx: Tx, actor: Actor, tenant: Tenant, userId: string): Promise<LockedTeammate[]> {
    const team = await this.members.lockTeam(tx, tenant);
    const fault = teamFault(tenant.realm, team, { actorId: actor.userId, userId, takesLeadAway: false });
    if (fault) throw teamRefusal(fault, tenant.realm);
    return team;
  }

  private mail(tx: Tx, actor: Actor, { realm, role, ...to }: Member): Promise<void> {
    return this.accounts.mailInvitation(tx, to, { from: actor.email, team: TEAMS[realm], role });
  }
}
