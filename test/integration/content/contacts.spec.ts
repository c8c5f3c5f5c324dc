import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { makeProgram, type Program } from '../../support/program.js';
import { codeOf, joinTeam } from '../identity/scene.js';

interface Contacts {
  manager: { name: string; email: string } | null;
  general: { name: string }[];
  brands: { brandId: string; brandName: string; contacts: { name: string }[] }[];
}

let app: TestApp;
let operator: Person;
let program: Program;
let ann: Person;
let annId: string;

beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  program = await makeProgram(operator);
  ann = await joinAsPartner(app, operator, 'ann@example.com');
  annId = body<{ partnerId: string }>(await ann.get('me'), 200).partnerId;
});
afterAll(() => app.close());

const contacts = async (): Promise<Contacts> => body<Contacts>(await ann.get('partner/contacts'), 200);
const add = async (contact: object): Promise<string> =>
  body<{ id: string }>(await operator.post('operator/contacts', contact), 201).id;

describe('A21 contacts', () => {
  it('of the program and of the brands that the partner works with, in their order', async () => {
    const { brandId } = program;
    const other = (await makeProgram(operator)).brandId;
    await add({ name: 'Second', email: 'b@program.example', position: 2 });
    await add({ name: 'First', messenger: 'Telegram @first', position: 1 });
    const id = await add({ brandId, name: 'Fox', role: 'Partners', phone: '+356 2123-4567' });
    await add({ brandId: other, name: 'Other', email: 'other@brand.example' });
    expect(await contacts()).toMatchObject({
      manager: null,
      general: [{ name: 'First', messenger: 'Telegram @first' }, { name: 'Second' }],
      brands: [],
    });
    const campaign = { name: 'Autumn', brandId, commissionPlanId: program.planId };
    body(await ann.post('partner/campaigns', campaign), 201);
    expect((await contacts()).brands).toMatchObject([
      { brandId, contacts: [{ name: 'Fox', role: 'Partners', phone: '+35621234567', email: null }] },
    ]);

    body(await operator.patch(`operator/contacts/${id}`, { name: 'Vixen' }), 200);
    expect((await contacts()).brands[0]!.contacts[0]!.name).toBe('Vixen');
    expect(codeOf(await operator.patch(`operator/contacts/${id}`, { phone: null }))).toBe(
      '422 VALIDATION_FAILED',
    );
    expect((await operator.delete(`operator/contacts/${id}`)).status).toBe(204);
    expect((await contacts()).brands).toEqual([]);
    expect(codeOf(await operator.post('operator/contacts', { name: 'Mute' }))).toBe('422 VALIDATION_FAILED');
    const nowhere = { name: 'Fox', email: 'a@b.example', brandId: annId };
    expect(codeOf(await operator.post('operator/contacts', nowhere))).toBe('404 NOT_FOUND');
  });

  it('the personal manager, who is assigned by operators and told of', async () => {
    const managerId = await joinTeam(app, operator, 'olga@operators.example', 'manager', 'operator/users');
    const manager = `operator/partners/${annId}/manager`;
    body(await operator.put(manager, { managerId }), 200);
    expect((await contacts()).manager).toMatchObject({ name: 'Bob', email: 'olga@operators.example' });
    body(await operator.put(manager, { managerId }), 200);
    await outboxDelivered(app);
    const { items } = body<{ items: { type: string; summary: string }[] }>(
      await ann.get('partner/events'),
      200,
    );
    const told = items.filter(({ type }) => type.startsWith('manager_'));
    expect(told).toMatchObject([{ type: 'manager_assigned', summary: 'Bob is your personal manager now.' }]);

    // Somebody who left is not written to any more.
    body(await operator.post(`operator/users/${managerId}/block`, { reason: 'Left' }), 200);
    expect((await contacts()).manager).toBeNull();
    body(await operator.put(manager, { managerId: null }), 200);
    expect(codeOf(await operator.put(manager, { managerId }))).toBe('422 VALIDATION_FAILED');
    const { user } = body<{ user: { id: string } }>(await ann.get('me'), 200);
    expect(codeOf(await operator.put(manager, { managerId: user.id }))).toBe('422 VALIDATION_FAILED');
    expect(codeOf(await operator.put(manager, {}))).toBe('400 VALIDATION_FAILED');
  });
});

describe('T12 questions and answers', () => {
  const ask = async (entry: object) =>
    body<{ id: string }>(
      await operator.post('operator/faq', {
        topic: 'general',
        question: 'When?',
        answer: '**Soon.**',
        ...entry,
      }),
      201,
    ).id;
  const questions = async (query = '') =>
    body<{ items: { question: string; answerHtml: string }[]; nextCursor: string | null }>(
      await ann.get(`partner/faq${query}`),
      200,
    );

  it('are listed by topic, in the operators’ order, and only the published ones', async () => {
    await ask({ topic: 'referral-program', question: 'Who?', position: 3 });
    await ask({ topic: 'referral-program', question: 'How?', position: 1 });
    await ask({ topic: 'referral-program', question: 'Draft?', published: false });
    const id = await ask({ question: 'When?' });
    const ofTopic = await questions('?topic=referral-program');
    expect(ofTopic.items.map(({ question }) => question)).toEqual(['How?', 'Who?']);
    expect(ofTopic.items[0]!.answerHtml).toBe('<p><strong>Soon.</strong></p>');
    const first = await questions('?limit=2');
    const second = await questions(`?limit=2&cursor=${first.nextCursor}`);
    expect([...first.items, ...second.items].map(({ question }) => question)).toEqual([
      'When?',
      'How?',
      'Who?',
    ]);
    expect(second.nextCursor).toBeNull();
    body(await operator.patch(`operator/faq/${id}`, { answer: '<script>1</script>' }), 200);
    expect((await questions('?topic=general')).items[0]!.answerHtml).not.toContain('<script');
    expect((await operator.delete(`operator/faq/${id}`)).status).toBe(204);
    expect((await questions('?topic=general')).items).toEqual([]);
    expect(codeOf(await ann.get('partner/faq?topic=A%20b'))).toBe('400 VALIDATION_FAILED');
  });
});
