import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body } from '../../support/journey.js';
import { activePartner, Caller, codeOf, joinTeam, open, type SignedIn } from './scene.js';

const STALE = '401 REAUTHENTICATION_REQUIRED';
const INVITED = 'Somebody was invited to the team';
const NEW_ROLE = 'A role in the team was changed';

let app: TestApp;
let admin: SignedIn;
let ann: SignedIn;
let brandUsers: string;

const openAdmin = () => open(app, 'admin@example.com', { password: 'correct horse battery' });

beforeAll(async () => {
  app = await createTestApp({ background: false });
  admin = await openAdmin();
  await activePartner(app, 'ann@example.com');
  ann = await open(app, 'ann@example.com');
  const brand = await admin.as.post('operator/brands', { name: 'Royal', currency: 'EUR' });
  brandUsers = `operator/brands/${body<{ id: string }>(brand, 201).id}/users`;
});
afterAll(() => app.close());

/** The same session, ten minutes and a second after it began. */
async function later({ refreshToken }: SignedIn): Promise<Caller> {
  app.clock.advance(601);
  const tokens = body<SignedIn>(await new Caller(app).post('auth/refresh', { refreshToken }), 200);
  return new Caller(app, tokens.accessToken);
}

/** Texts of the mails with that subject to each of the addresses that got one. */
async function told(subject: string, ...addresses: string[]): Promise<Record<string, string[]>> {
  const all = await Promise.all(
    addresses.map(async (address): Promise<[string, string[]]> => [
      address,
      (await app.mailbox(address)).filter((mail) => mail.subject === subject).map(({ text }) => text),
    ]),
  );
  return Object.fromEntries(all.filter(([, texts]) => texts.length > 0));
}

describe('A24 who is let into a team, and as what', () => {
  it('a partner’s takes a sign-in of the last ten minutes; blocking and taking back do not', async () => {
    const bobId = await joinTeam(app, ann.as, 'bob@example.com', 'analyst');
    const stale = await later(ann);
    const eve = { email: 'eve@example.com', name: 'Eve', role: 'finance' };
    expect(codeOf(await stale.post('partner/users', eve))).toBe(STALE);
    expect(codeOf(await stale.patch(`partner/users/${bobId}`, { role: 'finance' }))).toBe(STALE);
    body(await stale.post(`partner/users/${bobId}/block`), 200);
    expect(codeOf(await stale.post(`partner/users/${bobId}/unblock`))).toBe(STALE);
    ann = await open(app, 'ann@example.com');
    body(await ann.as.post(`partner/users/${bobId}/unblock`), 200);
    body(await ann.as.patch(`partner/users/${bobId}`, { role: 'finance' }), 200);
  });

  it('the operators’ and a brand’s too', async () => {
    admin = await openAdmin();
    const id = await joinTeam(app, admin.as, 'olga@operators.example', 'support', 'operator/users');
    const stale = await later(admin);
    const eve = { email: 'eve@example.com', name: 'Eve', role: 'admin' };
    expect(codeOf(await stale.post('operator/users', eve))).toBe(STALE);
    expect(codeOf(await stale.patch(`operator/users/${id}`, { role: 'admin' }))).toBe(STALE);
    body(await stale.post(`operator/users/${id}/block`, { reason: 'On leave' }), 200);
    expect(codeOf(await stale.post(`operator/users/${id}/unblock`))).toBe(STALE);
    expect(codeOf(await stale.post(brandUsers, { ...eve, role: 'owner' }))).toBe(STALE);
    admin = await openAdmin();
    body(await admin.as.post(`operator/users/${id}/unblock`), 200);
    body(await admin.as.patch(`operator/users/${id}`, { role: 'admin' }), 200);
  });
});

describe('A24 of a new member and a new role are told by mail', () => {
  it('a partner’s owners, the one in whose name it was done among them, and whose role it is', async () => {
    await activePartner(app, 'flo@flo.example');
    await activePartner(app, 'zoe@zoe.example');
    const flo = await open(app, 'flo@flo.example');
    await joinTeam(app, flo.as, 'gil@flo.example', 'owner');
    const hanId = await joinTeam(app, flo.as, 'han@flo.example', 'manager');
    const team = ['flo@flo.example', 'gil@flo.example', 'han@flo.example', 'zoe@zoe.example'];
    const invited = await told(INVITED, ...team);
    expect(Object.keys(invited)).toEqual(['flo@flo.example', 'gil@flo.example']);
    expect(invited['gil@flo.example']).toHaveLength(1);
    expect(invited['gil@flo.example']![0]).toContain(
      'flo@flo.example invited han@flo.example to the team as manager.',
    );

    body(await flo.as.patch(`partner/users/${hanId}`, { role: 'finance', name: 'Visit evil.example' }), 200);
    const changed = await told(NEW_ROLE, ...team);
    expect(Object.keys(changed)).toEqual(['flo@flo.example', 'gil@flo.example', 'han@flo.example']);
    expect(changed['gil@flo.example']![0]).toContain(
      'flo@flo.example gave han@flo.example the role finance; it was manager.',
    );
    expect(changed['gil@flo.example']![0]).not.toContain('evil');
    // The invitation again, and another name, are no news of who may do what.
    body(await flo.as.patch(`partner/users/${hanId}`, { name: 'Han' }), 200);
    const { id } = body<{ id: string }>(
      await flo.as.post('partner/users', { email: 'ivy@flo.example', name: 'Ivy', role: 'analyst' }),
      201,
    );
    body(await flo.as.post(`partner/users/${id}/invite-again`), 200);
    expect((await told(INVITED, 'gil@flo.example'))['gil@flo.example']).toHaveLength(2);
    expect((await told(NEW_ROLE, 'gil@flo.example'))['gil@flo.example']).toHaveLength(1);
  });

  it('an owner whose role another one takes away', async () => {
    await activePartner(app, 'kim@kim.example');
    const kim = await open(app, 'kim@kim.example');
    const leoId = await joinTeam(app, kim.as, 'leo@kim.example', 'owner');
    body(await kim.as.patch(`partner/users/${leoId}`, { role: 'analyst' }), 200);
    expect(Object.keys(await told(NEW_ROLE, 'kim@kim.example', 'leo@kim.example'))).toHaveLength(2);
  });

  it('the administrators, of operators; and who did it, of people of brands and partners', async () => {
    admin = await openAdmin();
    await joinTeam(app, admin.as, 'nora@operators.example', 'admin', 'operator/users');
    const paulId = await joinTeam(app, admin.as, 'paul@operators.example', 'support', 'operator/users');
    await joinTeam(app, admin.as, 'bea@brand.example', 'owner', brandUsers);
    await joinTeam(app, admin.as, 'rae@brand.example', 'reviewer', brandUsers);
    const people = ['admin@example.com', 'nora@operators.example', 'paul@operators.example'];
    const brand = ['bea@brand.example', 'rae@brand.example'];
    const invited = await told(INVITED, ...people, ...brand);
    expect(Object.keys(invited)).toEqual([
      'admin@example.com',
      'nora@operators.example',
      'bea@brand.example',
    ]);
    expect(invited['nora@operators.example']).toHaveLength(1);
    expect(invited['bea@brand.example']![0]).toContain('An operator invited rae@brand.example');
    expect(invited['admin@example.com']!.at(-1)).toContain('rae@brand.example');

    body(await admin.as.patch(`operator/users/${paulId}`, { role: 'admin' }), 200);
    expect(Object.keys(await told(NEW_ROLE, ...people, ...brand))).toEqual(people);
  });
});
