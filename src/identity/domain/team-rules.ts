import type { Realm } from './permissions.js';

/** The roles of each realm. The first one leads: it manages the people of its team. */
export const ROLES = {
  operator: ['admin', 'manager', 'finance', 'support'],
  brand: ['owner', 'reviewer'],
  partner: ['owner', 'manager', 'finance', 'analyst'],
} as const satisfies Record<Realm, readonly string[]>;

/** What the rules look at in somebody of a team: a partner's people, a brand's, or the operators. */
export interface Teammate {
  userId: string;
  role: string;
  blocked: boolean;
  /** Has not joined yet. */
  invited: boolean;
}

/** A change that somebody asks for. */
export interface TeamChange {
  actorId: string;
  /** Who is changed. */
  userId: string;
  /** Whether it blocks or takes a role away from those who lead the team. */
  takesLeadAway: boolean;
}

export type TeamFault = 'not_leading' | 'own_account' | 'last_leader';

/**
 * Why a change must be refused as the team is now, or null: those of the team who do not lead it (any more) change
 * nothing, nobody blocks or demotes themself, and somebody who can sign in leads the team at all times (A24).
 */
export function teamFault(
  realm: Realm,
  team: readonly Teammate[],
  { actorId, userId, takesLeadAway }: TeamChange,
): TeamFault | null {
  const leaders = team.filter((mate) => leads(realm, mate)).map((mate) => mate.userId);
  const ofTheTeam = team.some((mate) => mate.userId === actorId);
  if (ofTheTeam && !leaders.includes(actorId)) return 'not_leading';
  if (!takesLeadAway) return null;
  if (actorId === userId) return 'own_account';
  return leaders.length === 1 && leaders[0] === userId ? 'last_leader' : null;
}

/** Whether somebody leads the team and can do so: joined, and not blocked. */
function leads(realm: Realm, { role, blocked, invited }: Teammate): boolean {
  return role === ROLES[realm][0] && !blocked && !invited;
}
