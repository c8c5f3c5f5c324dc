import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Realm } from './permissions.js';
import { ROLES, type Teammate, teamFault } from './team-rules.js';

const mate = (userId: string, role: string, changes: Partial<Teammate> = {}): Teammate => ({
  userId,
  role,
  blocked: false,
  invited: false,
  ...changes,
});

const takeFrom = (userId: string, actorId: string) => ({ actorId, userId, takesLeadAway: true });

describe('A24 the rules of a team', () => {
  const team = [mate('ann', 'owner'), mate('bob', 'owner'), mate('cy', 'manager')];

  it('let an owner block and demote another one, but not itself', () => {
    expect(teamFault('partner', team, takeFrom('bob', 'ann'))).toBeNull();
    expect(teamFault('partner', team, takeFrom('ann', 'ann'))).toBe('own_account');
    expect(teamFault('partner', team, { actorId: 'ann', userId: 'ann', takesLeadAway: false })).toBeNull();
  });

  it.each([
    ['a manager', mate('cy', 'manager')],
    ['a blocked owner', mate('cy', 'owner', { blocked: true })],
    ['an owner who has not joined', mate('cy', 'owner', { invited: true })],
  ])('let %s change nothing', (_, actor) => {
    const all = [mate('ann', 'owner'), actor];
    expect(teamFault('partner', all, takeFrom('ann', 'cy'))).toBe('not_leading');
    expect(teamFault('partner', all, { actorId: 'cy', userId: 'cy', takesLeadAway: false })).toBe(
      'not_leading',
    );
  });

  it.each([
    ['a manager', mate('bob', 'manager')],
    ['a blocked owner', mate('bob', 'owner', { blocked: true })],
    ['an invited owner', mate('bob', 'owner', { invited: true })],
  ])('do not count %s as somebody who could lead', (_, other) => {
    expect(teamFault('partner', [mate('ann', 'owner'), other], takeFrom('ann', 'operator'))).toBe(
      'last_leader',
    );
  });

  it('hold for administrators among operators', () => {
    const operators = [mate('ann', 'admin'), mate('bob', 'manager')];
    expect(teamFault('operator', operators, takeFrom('bob', 'ann'))).toBeNull();
    expect(teamFault('operator', operators, takeFrom('ann', 'bob'))).toBe('not_leading');
    expect(teamFault('operator', operators, takeFrom('ann', 'ann'))).toBe('own_account');
  });

  it('keep somebody who leads, whatever the members ask for in whatever order', () => {
    const people = ['a', 'b', 'c', 'd'];
    const realms = Object.keys(ROLES) as Realm[];
    const request = fc.record({
      actor: fc.constantFrom(...people, 'operator'),
      target: fc.constantFrom(...people),
      block: fc.boolean(),
      rank: fc.nat({ max: 1 }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...realms), fc.array(request, { maxLength: 60 }), (realm, requests) => {
        const roles = ROLES[realm];
        const members = new Map(people.map((id, index) => [id, mate(id, roles[index % 2]!)]));
        for (const { actor, target, block, rank } of requests) {
          const before = members.get(target)!;
          const after = block
            ? { ...before, blocked: true }
            : { ...before, role: roles[rank]!, blocked: false };
          const takesLeadAway = block || (before.role === roles[0] && after.role !== roles[0]);
          const change = { actorId: actor, userId: target, takesLeadAway };
          if (teamFault(realm, [...members.values()], change) === null) members.set(target, after);
          const leaders = [...members.values()].filter(({ role, blocked }) => role === roles[0] && !blocked);
          expect(leaders.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
