import { describe, expect, it } from 'vitest';
import {
  keptFromImpersonators,
  needsActive,
  PERMISSION_NAMES,
  PERMISSIONS,
  permissionsOf,
  permissionsOfImpersonator,
  type Realm,
  rolesWith,
  type Permission,
} from './permissions.js';

const ROLES: [Realm, string][] = [
  ['operator', 'admin'],
  ['operator', 'manager'],
  ['operator', 'finance'],
  ['operator', 'support'],
  ['brand', 'owner'],
  ['brand', 'reviewer'],
  ['partner', 'owner'],
  ['partner', 'manager'],
  ['partner', 'finance'],
  ['partner', 'analyst'],
];

describe('permissions (rule 10.4)', () => {
  it('name known roles only', () => {
    const known = new Set([...ROLES.map(([realm, role]) => `${realm}:${role}`), 'impersonator']);
    for (const { roles } of Object.values(PERMISSIONS)) {
      expect(roles.filter((role) => !known.has(role))).toEqual([]);
      expect(new Set(roles).size).toBe(roles.length);
    }
  });

  it.each(ROLES)('keep %s %s inside its realm', (realm, role) => {
    const foreign = [...permissionsOf(realm, role)].filter(
      (name) => !name.startsWith(`${realm}:`) && !name.startsWith('account:'),
    );
    expect(foreign).toEqual([]);
  });

  it('deny what is not in the table', () => {
    expect(permissionsOf('partner', 'nobody')).toEqual(new Set());
    expect(permissionsOf('operator', 'owner')).toEqual(new Set());
    expect(permissionsOf('brand', 'admin')).toEqual(new Set());
  });

  it('give the owner and the administrator all of their realm', () => {
    const all = (realm: Realm) => PERMISSION_NAMES.filter((name) => name.startsWith(`${realm}:`));
    expect([...permissionsOf('partner', 'owner')]).toEqual(expect.arrayContaining(all('partner')));
    expect([...permissionsOf('operator', 'admin')]).toEqual(expect.arrayContaining(all('operator')));
  });

  it('keep money from those who do not handle it', () => {
    for (const role of ['manager', 'analyst']) {
      expect(permissionsOf('partner', role)).not.toContain('partner:wallet:withdraw');
      expect(permissionsOf('partner', role)).not.toContain('partner:payment-methods:read');
    }
    for (const role of ['manager', 'support']) {
      expect(permissionsOf('operator', role)).not.toContain('operator:bills:approve');
      expect(permissionsOf('operator', role)).not.toContain('operator:cashouts:decide');
    }
    expect(permissionsOf('operator', 'finance')).not.toContain('operator:partners:write');
  });

  it('A24 let owners alone manage the team, and administrators alone the users', () => {
    const holders = (name: Permission) =>
      ROLES.filter(([realm, role]) => permissionsOf(realm, role).has(name)).map((pair) => pair.join(':'));
    expect(holders('partner:team:read')).toEqual(['partner:owner', 'partner:manager']);
    for (const name of [
      'partner:team:write',
      'partner:team-sessions:read',
      'partner:team-sessions:write',
    ] as const) {
      expect(holders(name)).toEqual(['partner:owner']);
    }
    expect(holders('operator:users:write')).toEqual(['operator:admin']);
  });

  it('let an analyst and support change nothing', () => {
    const changes = /:(write|withdraw|decide|approve|run)$/;
    for (const [realm, role] of [
      ['partner', 'analyst'],
      ['operator', 'support'],
    ] as const) {
      expect([...permissionsOf(realm, role)].filter((name) => changes.test(name))).toEqual([]);
    }
  });

  it('close every change of a partner’s work while the partner is not active', () => {
    const changes = PERMISSION_NAMES.filter((name) => /^partner:.*:(write|withdraw)$/.test(name));
    // The profile and documents are what an operator may want to see before approving; who was rejected asks again; the
    // code of an inviter can be entered for some days only.
    expect(changes.filter((name) => !needsActive(name))).toEqual([
      'partner:profile:write',
      'partner:requests:write',
      'partner:referrals:write',
      'partner:documents:write',
    ]);
    expect(needsActive('account:own')).toBe(false);
  });
});

describe('O09 what an operator may do in the place of a partner’s owner', () => {
  it('is what the owner may, without what is kept, and exit', () => {
    const owner = permissionsOf('partner', 'owner');
    const impersonator = permissionsOfImpersonator(false);
    expect([...impersonator].filter((name) => !owner.has(name))).toEqual(['operator:impersonation:exit']);
    for (const name of owner) {
      expect([name, impersonator.has(name)]).toEqual([name, keptFromImpersonators(name) === null]);
    }
  });

  it('never touches sign-in data, two-factor authentication, sessions, team and statistics token', () => {
    const personal = /^account:own$|statistic-token|team|session|password|two-factor|personal-data/;
    const names = PERMISSION_NAMES.filter((name) => !name.startsWith('operator:') && personal.test(name));
    expect(names.length).toBeGreaterThan(1);
    expect(names.filter((name) => keptFromImpersonators(name) !== 'refused')).toEqual([]);
  });

  it('reaches money only by the program’s setting', () => {
    const byRule = permissionsOfImpersonator(false);
    const bySetting = permissionsOfImpersonator(true);
    expect([...bySetting].filter((name) => !byRule.has(name))).toEqual([
      'partner:wallet:withdraw',
      'partner:payment-methods:write',
    ]);
  });

  it('is open to operators who may change partners', () => {
    expect(rolesWith('operator:partners:impersonate', 'operator')).toEqual(['admin', 'manager']);
    expect(rolesWith('operator:partners:impersonate', 'partner')).toEqual([]);
  });
});
