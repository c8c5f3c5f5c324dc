import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { idOfCursor, notFound, type Page, toPage, type Tx } from '../../platform/index.js';
import type { Actor } from '../actor.js';
import type { Reader } from '../domain/greeting.js';
import type { Realm } from '../domain/permissions.js';
import { ROLES, type Teammate, teamFault } from '../domain/team-rules.js';
import { blockedByOperator, memberStateConflict, teamRefusal } from '../identity.errors.js';

export const MEMBER_STATES = ['active', 'invited', 'locked', 'blocked'] as const;
export type MemberState = (typeof MEMBER_STATES)[number];

/** Whose people form a team: a partner's, a brand's, or the operators. */
export interface Tenant {
  realm: Realm;
  partnerId: string | null;
  brandId: string | null;
}

export interface LockedTeammate extends Teammate {
  /** Whether the tenant's work is open. */
  active: boolean;
  /** Whether the person's partner is being erased, or is. */
  shutOut: boolean;
}

/** Somebody who has an account, with what those see who manage it. */
export interface Member extends Tenant {
  id: string;
  email: string;
  emailConfirmed: boolean;
  name: string;
  role: string;
  state: MemberState;
  /** Who blocked; null while not blocked. A block by an operator is lifted by an operator only. */
  blockedBy: 'team' | 'operator' | null;
  blockedReason: string | null;
  createdAt: Date;
  /** When the invitation was mailed last; null for those who have joined. */
  invitedAt: Date | null;
  lastSignInAt: Date | null;
  twoFactorEnabled: boolean;
}

export interface MemberFilter {
  realm?: Realm;
  state?: MemberState;
  /** Part of the address. */
  email?: string;
  limit: number;
  cursor?: string;
}

const STATE = `CASE WHEN u.blocked_at IS NOT NULL THEN 'blocked' WHEN u.invited_at IS NOT NULL THEN 'invited'
                    WHEN u.locked_at IS NOT NULL THEN 'locked' ELSE 'active' END`;

const SELECT = `
  SELECT u.id, u.email, u.email_verified_at IS NOT NULL AS "emailConfirmed", u.name, m.realm, m.role, m.partner_id AS "partnerId", m.brand_id AS "brandId", ${STATE} AS state,
         CASE WHEN u.blocked_at IS NULL THEN NULL WHEN u.blocked_by_team THEN 'team' ELSE 'operator' END AS "blockedBy",
         u.blocked_reason AS "blockedReason", u.created_at AS "createdAt", u.invited_at AS "invitedAt",
         u.last_sign_in_at AS "lastSignInAt", u.two_factor_enabled_at IS NOT NULL AS "twoFactorEnabled"
    FROM memberships m JOIN users u ON u.id = m.user_id`;

/** Sent, not accepted, and not kept by an operator's block, which must go on to hold the address. */
const OPEN_INVITATION = 'u.invited_at IS NOT NULL AND (u.blocked_at IS NULL OR u.blocked_by_team)';

/** Whom an actor of the realm may see; `$1` is {@link tenantId}. */
const VISIBLE: Readonly<Record<Realm, string>> = {
  partner: 'm.partner_id = $1',
  brand: 'm.brand_id = $1',
  operator: '$1::uuid IS NULL',
};

/** Who forms a team; `$1` is {@link tenantId}. */
const SAME_TEAM: Readonly<Record<Realm, string>> = {
  ...VISIBLE,
  operator: `m.realm = 'operator' AND $1::uuid IS NULL`,
};

/** People with accounts, as those see them who manage them: owners their own team, operators everybody. */
@Injectable()
export class Members {
  constructor(private readonly dataSource: DataSource) {}

  /** A page of the people that the actor may see, newest first. */
  async list(actor: Actor, { realm, state, email, limit, cursor }: MemberFilter): Promise<Page<Member>> {
    const rows = await this.dataSource.query<Member[]>(
      `${SELECT} WHERE ${VISIBLE[actor.realm]} AND ($2::text IS NULL OR m.realm = $2)
         AND ($3::text IS NULL OR ${STATE} = $3) AND ($4::text IS NULL OR strpos(lower(u.email), lower($4)) > 0)
         AND ($5::uuid IS NULL OR u.id < $5) ORDER BY u.id DESC LIMIT $6`,
      [tenantId(actor), realm ?? null, state ?? null, email ?? null, idOfCursor(cursor), limit + 1],
    );
    return toPage(rows, limit, ({ id }) => [id]);
  }

  /** @throws DomainError NOT_FOUND, also for somebody whom the actor may not see */
  async get(db: EntityManager | DataSource, actor: Actor, userId: string): Promise<Member> {
    const [member] = await db.query<Member[]>(`${SELECT} WHERE ${VISIBLE[actor.realm]} AND u.id = $2`, [
      tenantId(actor),
      userId,
    ]);
    if (!member) throw notFound('user');
    return member;
  }

  /**
   * The member as it is now, its team locked, after the rules of the team have let the actor change it.
   * @param takesLeadAway whether the change blocks the member, or takes the role away that leads its team
   * @throws DomainError NOT_FOUND; PERMISSION_DENIED (403), OWN_ACCOUNT, LAST_OWNER or LAST_ADMIN (409);
   *   MEMBER_STATE_CONFLICT (409) for somebody whose partner is being erased, or is
   */
  async getToChange(
    tx: Tx,
    actor: Actor,
    userId: string,
    takesLeadAway: (member: Member) => boolean = () => false,
  ): Promise<Member> {
    const member = await this.get(tx, actor, userId);
    const team = await this.lockTeam(tx, member);
    if (team.some((mate) => mate.userId === userId && mate.shutOut)) throw memberStateConflict('is erased');
    const change = { actorId: actor.userId, userId, takesLeadAway: takesLeadAway(member) };
    const fault = teamFault(member.realm, team, change);
    if (fault) throw teamRefusal(fault, member.realm);
    return this.get(tx, actor, userId);
  }

  /**
   * The invitations of a partner's team that the person was the last to send and that are still open; those of people
   * whom an operator blocked are not.
   */
  async invitedBy(tx: Tx, { id, partnerId }: Member): Promise<Member[]> {
    return tx.query<Member[]>(
      `${SELECT} WHERE m.partner_id = $1 AND ${OPEN_INVITATION} AND $2 = (
         SELECT e.actor_user_id FROM event_log e
          WHERE e.partner_id = $1 AND e.id > u.id AND e.type = 'member_invited' AND e.subject_id = u.id
          ORDER BY e.id DESC LIMIT 1) ORDER BY u.id`,
      [partnerId, id],
    );
  }

  /**
   * Open invitations that were mailed last before the time, the oldest first. A partner whose owners have all not joined
   * keeps them: an import made it, and it would belong to nobody.
   * @param userId to look at this one only
   */
  async invitedBefore(
    db: EntityManager | DataSource,
    time: Date,
    userId: string | null = null,
  ): Promise<Member[]> {
    return db.query<Member[]>(
      `${SELECT} WHERE ${OPEN_INVITATION} AND u.invited_at <= $1 AND ($2::uuid IS NULL OR u.id = $2)
         AND (m.realm <> 'partner' OR EXISTS (
           SELECT FROM memberships o JOIN users ou ON ou.id = o.user_id
            WHERE o.partner_id = m.partner_id AND o.role = 'owner' AND ou.invited_at IS NULL))
        ORDER BY u.invited_at, u.id`,
      [time, userId],
    );
  }

  /** Removes somebody who has not joined, with the link. @returns whether it did: false for who has joined meanwhile */
  async removeInvited(tx: Tx, userId: string): Promise<boolean> {
    // The user first, whom somebody who is joining holds.
    await tx.query('SELECT FROM users WHERE id = $1 FOR UPDATE', [userId]);
    const [rows] = await tx.query<[unknown[], number]>(
      `DELETE FROM memberships m USING users u WHERE m.user_id = $1 AND u.id = $1 AND u.invited_at IS NOT NULL
       RETURNING m.id`,
      [userId],
    );
    if (rows.length === 0) return false;
    await tx.query('DELETE FROM one_time_tokens WHERE user_id = $1', [userId]);
    await tx.query('DELETE FROM users WHERE id = $1', [userId]);
    return true;
  }

  /** Who hears of changes of a team: those who lead it, and the given people; nobody who has not joined or is blocked. */
  async leadersAnd(
    tx: Tx,
    team: Tenant,
    userIds: readonly string[],
  ): Promise<(Reader & { email: string })[]> {
    return tx.query(
      `SELECT u.email, u.name, u.email_verified_at IS NOT NULL AS "emailConfirmed"
         FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE ((${SAME_TEAM[team.realm]} AND m.role = $2) OR u.id = ANY ($3))
          AND u.invited_at IS NULL AND u.blocked_at IS NULL ORDER BY u.id`,
      [tenantId(team), ROLES[team.realm][0], userIds],
    );
  }

  /** How many people a partner's team has who are not blocked, the invited ones included. */
  async countOf(db: EntityManager | DataSource, partnerId: string): Promise<number> {
    const [{ count }] = await db.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM memberships m JOIN users u ON u.id = m.user_id
        WHERE m.partner_id = $1 AND u.blocked_at IS NULL`,
      [partnerId],
    );
    return count;
  }

  /** The team as it is, its memberships locked: changes of one team take turns, and see each other's effect. */
  async lockTeam(tx: Tx, tenant: Tenant): Promise<LockedTeammate[]> {
    const ofTheTeam = SAME_TEAM[tenant.realm];
    await tx.query(`SELECT FROM memberships m WHERE ${ofTheTeam} ORDER BY m.id FOR UPDATE`, [
      tenantId(tenant),
    ]);
    // A second statement: the first one may have waited, and would have seen the users as they were before.
    return tx.query<LockedTeammate[]>(
      `SELECT m.user_id AS "userId", m.role, m.active, u.blocked_at IS NOT NULL AS blocked,
              u.invited_at IS NOT NULL AS invited, u.shut_out_at IS NOT NULL AS "shutOut"
         FROM memberships m JOIN users u ON u.id = m.user_id WHERE ${ofTheTeam}`,
      [tenantId(tenant)],
    );
  }
}

function tenantId({ partnerId, brandId }: Tenant): string | null {
  return partnerId ?? brandId;
}

/** What an operator blocked is changed by operators only. @throws DomainError BLOCKED_BY_OPERATOR (409) */
export function assertOpenTo({ realm }: Actor, { blockedBy }: Member): void {
  if (blockedBy === 'operator' && realm !== 'operator') throw blockedByOperator();
}
