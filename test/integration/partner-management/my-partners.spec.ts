import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GroupsOfPartners1763000000202 } from '../../../migrations/0202-groups-of-partners.js';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { codeOf } from '../identity/scene.js';

interface Partner {
  id: string;
  name: string;
  groups: string[];
  state: string;
}
interface Bulk {
  matched: number;
  done: number;
  refused: { partnerId: string; partnerName: string | null; code: string }[];
}

let app: TestApp;
let operator: Person;
let ann: Person;
let annId: string;
let bobId: string;
let eveId: string;
let operatorId: string;

beforeAll(async () => {
  app = await createTestApp({ background: false });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  const join = async (email: string, form: object = {}) => {
    const person = await joinAsPartner(app, operator, email, form);
    return { person, id: body<{ partnerId: string }>(await person.get('me'), 200).partnerId };
  };
  ({ person: ann, id: annId } = await join('ann@partners.example', { phone: '+4930123456', country: 'FR' }));
  ({ id: bobId } = await join('bob@partners.example', { kind: 'creator' }));
  ({ id: eveId } = await join('eve@partners.example', { name: '=HYPERLINK("http://evil.example")' }));
  operatorId = body<{ user: { id: string } }>(await operator.get('me'), 200).user.id;
});
afterAll(() => app.close());
beforeEach(async () => {
  operator = await operator.signInAgain();
});

const list = async (query = '') =>
  body<{ items: Partner[] }>(await operator.get(`operator/partners?${query}`), 200).items;
const names = async (query: string) => (await list(query)).map(({ name }) => name);
const detail = async (id: string) => body<Partner>(await operator.get(`operator/partners/${id}`), 200);
const bulk = async (command: object) =>
  body<Bulk>(await operator.post('operator/partners/bulk', { dryRun: false, ...command }), 200);
const audited = async (id: string) =>
  body<{ items: object[] }>(await operator.get(`operator/audit-log?subjectId=${id}&limit=1`), 200).items;

describe('O08 my partners', () => {
  it('show package, status, invoice id, manager, groups, contacts, channels and what is used', async () => {
    const marks = { invoiceId: 'INV-1', groups: ['vip', 'autumn', 'vip'] };
    body(await operator.patch(`operator/partners/${annId}`, marks), 200);
    expect(await detail(annId)).toMatchObject({
      packageName: 'Standard',
      state: 'active',
      invoiceId: 'INV-1',
      groups: ['autumn', 'vip'],
      managerId: null,
      contacts: [{ email: 'ann@partners.example', role: 'owner', phone: '+4930123456' }],
      channels: [],
      addOns: [],
      usage: expect.arrayContaining([{ limit: 'teamMembers', used: 1, most: null }]),
    });
    expect(await audited(annId)).toMatchObject([
      { action: 'partner.mark', before: { invoiceId: null, groups: [] }, after: { invoiceId: 'INV-1' } },
    ]);
    body(await operator.patch(`operator/partners/${annId}`, { invoiceId: null }), 200);
    expect(await detail(annId)).toMatchObject({ invoiceId: null, groups: ['autumn', 'vip'] });
    expect(body<{ items: object[] }>(await operator.get('operator/partner-groups'), 200).items).toEqual([
      { name: 'autumn', partnersCount: 1 },
      { name: 'vip', partnersCount: 1 },
    ]);
  });

  it('are filtered by search, kind, state, package, manager, group, country and time of sign-up', async () => {
    body(await operator.patch(`operator/partners/${annId}`, { groups: ['vip'] }), 200);
    const [{ packageId }] = (await list('search=ANN@partners')) as [Partner & { packageId: string }];
    expect(await names('search=ANN@partners')).toEqual(['ann']);
    expect(await names('kind=creator')).toEqual(['bob']);
    expect(await names('group=vip')).toEqual(['ann']);
    expect(await names('country=FR')).toEqual(['ann']);
    expect(await names(`packageId=${packageId}&state=active`)).toHaveLength(3);
    expect(await names(`managerId=${operatorId}`)).toEqual([]);
    const today = app.clock.now().toISOString().slice(0, 10);
    expect(await names(`from=${today}&to=${today}`)).toHaveLength(3);
    expect(await names(`from=2030-01-01`)).toEqual([]);
    for (const wrong of ['packageId=x', 'country=XX', 'from=yesterday', 'colour=red']) {
      expect(codeOf(await operator.get(`operator/partners?${wrong}`))).toBe('400 VALIDATION_FAILED');
    }
  });

  it('are exported as CSV whose cells a spreadsheet does not run', async () => {
    const { text, headers } = await operator.get('operator/partners?format=csv&search=hyperlink');
    expect(headers['content-disposition']).toContain('partners.csv');
    const [header, line] = text.trimEnd().split('\r\n');
    expect(header).toMatch(/^Partner,Kind,Status,Package,Invoice id/);
    expect(line).toMatch(/^"'=HYPERLINK\(""http:\/\/evil\.example""\)",affiliate,active,Standard,/);
  });

  it('are in groups by names that are seen, each once, without blanks around them', async () => {
    const set = (groups: string[]) => operator.patch(`operator/partners/${eveId}`, { groups });
    for (const groups of [['\u200b'], ['vip', ' '], ['a\nb']]) {
      expect(codeOf(await set(groups))).toBe('400 VALIDATION_FAILED');
    }
    expect(body(await set(['vip', 'vip ', ' new']), 200)).toMatchObject({ groups: ['new', 'vip'] });
    await bulk({ ids: [eveId], action: 'remove_group', group: ' vip', reason: null });
    expect(await detail(eveId)).toMatchObject({ groups: ['new'] });
    await app.db.query(`UPDATE partners SET groups = '{"new ",new,vip}' WHERE id = $1`, [eveId]);
    const runner = app.db.createQueryRunner();
    await new GroupsOfPartners1763000000202().up(runner);
    await runner.release();
    expect(await detail(eveId)).toMatchObject({ groups: ['new', 'vip'] });
    body(await set([]), 200);
  });

  it('have notes of operators, which stay; partners do not see them', async () => {
    const path = `operator/partners/${annId}/notes`;
    const first = body<{ id: string }>(await operator.post(path, { text: 'Calls back in January' }), 201);
    const second = body<{ id: string }>(await operator.post(path, { text: 'Did call' }), 201);
    const { items } = body<{ items: object[] }>(await operator.get(path), 200);
    expect(items).toMatchObject([{ id: second.id }, { id: first.id, writtenBy: operatorId }]);
    expect(codeOf(await operator.post(path, { text: ' ' }))).toBe('400 VALIDATION_FAILED');
    expect(codeOf(await operator.post(`operator/partners/${randomUUID()}/notes`, { text: 'Who?' }))).toBe(
      '404 NOT_FOUND',
    );
    expect(codeOf(await ann.get(path))).toBe('403 PERMISSION_DENIED');
    await expect(app.asOwner(`UPDATE partner_notes SET text = 'Never said'`)).rejects.toThrow('append-only');
  });
});

describe('O08 many partners at once', () => {
  it('are suspended each by itself; a dry run tells the same beforehand and does nothing', async () => {
    const missing = randomUUID();
    body(await operator.post(`operator/partners/${bobId}/suspend`, { reason: 'Asked to' }), 200);
    const command = {
      ids: [annId, bobId, eveId, missing, annId.toUpperCase()],
      action: 'suspend',
      reason: 'Audit',
    };
    const mails = (await app.mailbox('ann@partners.example')).length;

    const told = await bulk({ ...command, dryRun: true });
    expect(told).toMatchObject({ matched: 4, done: 2 });
    expect(told.refused).toMatchObject([
      { partnerId: bobId, partnerName: 'bob', code: 'PARTNER_STATE_CONFLICT' },
      { partnerId: missing, partnerName: null, code: 'NOT_FOUND' },
    ]);
    expect((await detail(annId)).state).toBe('active');
    expect(await app.mailbox('ann@partners.example')).toHaveLength(mails);

    const done = await bulk(command);
    expect({ ...done, dryRun: true }).toEqual({ ...told, dryRun: true });
    expect(await names('state=suspended')).toHaveLength(3);
    expect(await app.mailbox('ann@partners.example')).toHaveLength(mails + 1);
    expect(await bulk({ filter: { state: 'suspended' }, action: 'reactivate' })).toMatchObject({ done: 3 });
  });

  it('get a manager, groups and another package, all in the audit log', async () => {
    const filter = { search: '@partners.example' };
    expect(await bulk({ filter, action: 'set_manager', managerId: operatorId })).toMatchObject({ done: 3 });
    expect(await names(`managerId=${operatorId}`)).toHaveLength(3);
    expect(await bulk({ filter, action: 'set_manager', managerId: annId })).toMatchObject({ done: 0 });
    expect(await bulk({ filter, action: 'add_group', group: 'winter' })).toMatchObject({ done: 3 });
    expect(await bulk({ ids: [bobId], action: 'remove_group', group: 'winter' })).toMatchObject({ done: 1 });
    expect((await names('group=winter')).sort()).toEqual(['=HYPERLINK("http://evil.example")', 'ann']);

    const gold = { name: 'Gold', price: { amount: '9.00', currency: 'EUR' } };
    const packageId = body<{ id: string }>(await operator.post('operator/packages', gold), 201).id;
    expect(await bulk({ filter, action: 'set_package', packageId })).toMatchObject({ done: 3, refused: [] });
    expect(await names(`packageId=${packageId}`)).toHaveLength(3);
    expect(await audited(annId)).toMatchObject([{ action: 'partner.change_package', after: { packageId } }]);
    expect(await bulk({ filter, action: 'set_package', packageId: randomUUID() })).toMatchObject({ done: 0 });
  });

  it.each([
    [{ action: 'suspend', reason: 'Which?' }, '400 VALIDATION_FAILED'],
    [{ ids: [], action: 'reactivate' }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'suspend' }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'set_package' }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'set_manager' }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'add_group', group: '' }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'erase' }, '400 VALIDATION_FAILED'],
    [{ filter: { colour: 'red' }, action: 'reactivate' }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'reactivate', reason: 'Why?' }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'add_group', group: 'vip', packageId: randomUUID() }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'set_package', packageId: randomUUID(), managerId: 'x' }, '400 VALIDATION_FAILED'],
    [{ filter: {}, action: 'remove_group', group: '\u200b' }, '400 VALIDATION_FAILED'],
    [{ ids: [randomUUID()], filter: {}, action: 'reactivate' }, '422 VALIDATION_FAILED'],
  ])('are not changed by %j', async (command, answer) => {
    expect(codeOf(await operator.post('operator/partners/bulk', { ...command, dryRun: false }))).toBe(answer);
  });
});
