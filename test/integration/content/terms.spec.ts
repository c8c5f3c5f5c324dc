import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, impersonate, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { makeProgram, type Program } from '../../support/program.js';
import { addUser, Caller, codeOf } from '../identity/scene.js';

interface Terms {
  id: string;
  kind: string;
  version: number;
  title: string;
  bodyHtml: string;
  mustAccept: boolean;
  acceptance: { acceptedAt: string; acceptedBy: string } | null;
}
interface List {
  items: Terms[];
  outstanding: number;
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

const draft = async (terms: object = {}): Promise<string> =>
  body<{ id: string }>(
    await operator.post('operator/terms', { kind: 'terms', title: 'Terms', body: 'Be **fair**.', ...terms }),
    201,
  ).id;
const publish = async (id: string, when: object = {}): Promise<string> => {
  body(await operator.post(`operator/terms/${id}/publish`, when), 200);
  return id;
};
const ofAnn = async (query = ''): Promise<List> => body<List>(await ann.get(`partner/terms${query}`), 200);
const inForce = async (): Promise<Terms[]> =>
  body<{ items: Terms[] }>(await new Caller(app).get('terms'), 200).items;

describe('A21 terms in versions', () => {
  it('are drafted, brought into force, and never changed from then on', async () => {
    const id = await draft({ body: 'Be **fair**. <script>1</script>' });
    expect(await inForce()).toEqual([]);
    expect(codeOf(await ann.post(`partner/terms/${id}/accept`))).toBe('404 NOT_FOUND');
    body(await operator.patch(`operator/terms/${id}`, { title: 'Terms of use' }), 200);
    await publish(id);
    const [shown] = await inForce();
    expect(shown).toMatchObject({ id, kind: 'terms', title: 'Terms of use', mustAccept: true });
    expect(shown!.bodyHtml).toContain('<strong>fair</strong>. &lt;script&gt;');
    for (const refused of [
      await operator.patch(`operator/terms/${id}`, { body: 'Be unfair.' }),
      await operator.post(`operator/terms/${id}/publish`),
      await operator.delete(`operator/terms/${id}`),
    ]) {
      expect(codeOf(refused)).toBe('409 TERMS_IN_FORCE');
    }
    expect((await operator.delete(`operator/terms/${await draft()}`)).status).toBe(204);
  });

  it('take the place of the version before when their time comes', async () => {
    const [before] = await inForce();
    const late = new Date(app.clock.now().getTime() + 60_000).toISOString();
    const id = await publish(await draft({ title: 'Later' }), { publishAt: late });
    expect((await inForce()).map((terms) => terms.id)).toEqual([before!.id]);
    body(await operator.patch(`operator/terms/${id}`, { title: 'Latest' }), 200);
    app.clock.set(late);
    expect(await inForce()).toMatchObject([{ id, title: 'Latest', version: before!.version + 1 }]);
    const past = await operator.post(`operator/terms/${await draft()}/publish`, {
      publishAt: '2026-11-01T00:00:00Z',
    });
    expect(codeOf(past)).toBe('422 VALIDATION_FAILED');
  });

  it('are numbered by kind and brand, one by one also at once', async () => {
    const { brandId } = program;
    const made = await Promise.all(Array.from({ length: 5 }, () => draft({ kind: 'brand_terms', brandId })));
    const versions = await app.db.query<{ version: number }[]>(
      'SELECT version FROM terms_versions WHERE id = ANY ($1) ORDER BY version',
      [made],
    );
    expect(versions.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    for (const wrong of [{ kind: 'brand_terms' }, { kind: 'terms', brandId }]) {
      const answer = await operator.post('operator/terms', { title: 'a', body: 'b', ...wrong });
      expect(codeOf(answer)).toBe('422 VALIDATION_FAILED');
    }
  });
});

describe('A21 accepting terms', () => {
  it('is recorded once with person, time and address, and told', async () => {
    const id = await publish(await draft());
    expect(await ofAnn()).toMatchObject({ outstanding: 1, items: [{ id, acceptance: null }] });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ann.post(`partner/terms/${id}/accept`)),
    );
    const at = app.clock.now().toISOString();
    for (const answer of answers) {
      expect(body<Terms>(answer, 200).acceptance).toEqual({ acceptedAt: at, acceptedBy: 'ann' });
    }
    expect((await ofAnn()).outstanding).toBe(0);
    const { items } = body<{ items: object[] }>(
      await operator.get(`operator/terms-acceptances?versionId=${id}`),
      200,
    );
    expect(items).toMatchObject([
      { partnerId: annId, partnerName: 'ann', userName: 'ann', address: '127.0.0.1', acceptedAt: at },
    ]);
    await outboxDelivered(app);
    const events = body<{ items: { subjectId: string; summary: string }[] }>(
      await ann.get('partner/events?type=terms_accepted'),
      200,
    ).items.filter(({ subjectId }) => subjectId === id);
    expect(events).toMatchObject([
      { summary: expect.stringMatching(/^Version \d+ of the terms was accepted\.$/) },
    ]);
  });

  it('is refused for what is over, and to those who cannot bind the partner', async () => {
    const over = await publish(await draft());
    app.clock.advance(1);
    const id = await publish(await draft());
    expect(codeOf(await ann.post(`partner/terms/${over}/accept`))).toBe('409 TERMS_NOT_IN_FORCE');
    const email = 'mo@example.com';
    await addUser(app, { email, name: 'Mo', role: 'manager', partnerId: annId });
    const mo = await signIn(app, email);
    expect(codeOf(await mo.post(`partner/terms/${id}/accept`))).toBe('403 PERMISSION_DENIED');
    const impersonator = await impersonate(app, operator, annId);
    expect(codeOf(await impersonator.post(`partner/terms/${id}/accept`))).toBe('403 NOT_WHILE_IMPERSONATING');
    body(await operator.post('operator/impersonation/exit'), 200);
    expect((await ofAnn()).outstanding).toBe(1);
  });

  it('of a brand waits for those who have campaigns with it; a privacy policy need not be accepted', async () => {
    const { brandId, planId } = program;
    const privacy = await publish(await draft({ kind: 'privacy', title: 'Privacy policy' }));
    const ofBrand = await publish(await draft({ kind: 'brand_terms', brandId }));
    const ids = async (query = '') => (await ofAnn(query)).items.map(({ id }) => id);
    expect(await ids()).toContain(privacy);
    expect(await ids()).not.toContain(ofBrand);
    expect(await ids(`?brandId=${brandId}`)).toContain(ofBrand);
    const { outstanding } = await ofAnn();
    body(await ann.post('partner/campaigns', { name: 'Autumn', brandId, commissionPlanId: planId }), 201);
    expect(await ids()).toContain(ofBrand);
    expect((await ofAnn()).outstanding).toBe(outstanding + 1);
    expect((await inForce()).map(({ kind }) => kind)).toEqual(['terms', 'privacy']);
  });

  it('at the sign-up is recorded as of then', async () => {
    const [terms] = await inForce();
    const draftId = await draft();
    const bob = await joinAsPartner(app, operator, 'bob@example.com', {
      acceptedTermsVersionIds: [terms!.id, draftId, program.brandId],
    });
    await outboxDelivered(app);
    const { items, outstanding } = body<List>(await bob.get('partner/terms'), 200);
    expect(items.filter(({ acceptance }) => acceptance).map(({ id }) => id)).toEqual([terms!.id]);
    expect(outstanding).toBe(0);
    const malformed = await request(app.url)
      .post('/api/v1/auth/register')
      .send({ email: 'c@example.com', acceptedTermsVersionIds: ['x'] });
    expect(codeOf(malformed)).toBe('400 VALIDATION_FAILED');
  });

  it('stays as it was: the database refuses changes to it and to what was accepted', async () => {
    const id = await publish(await draft());
    body(await ann.post(`partner/terms/${id}/accept`), 200);
    for (const change of [
      `UPDATE terms_versions SET body = 'Other' WHERE id = '${id}'`,
      `DELETE FROM terms_versions WHERE id = '${id}'`,
      `UPDATE terms_acceptances SET accepted_at = now() WHERE version_id = '${id}'`,
      `DELETE FROM terms_acceptances WHERE version_id = '${id}'`,
    ]) {
      await expect(app.db.query(change)).rejects.toMatchObject({ code: '23001' });
    }
  });

  it('is exported to a spreadsheet, in which a partner’s name is no formula', async () => {
    await app.db.query(`UPDATE partners SET name = '=HYPERLINK("https://evil.example")' WHERE id = $1`, [
      annId,
    ]);
    const file = await operator.get(`operator/terms-acceptances?partnerId=${annId}&format=csv`);
    expect(file.headers['content-type']).toContain('text/csv');
    const lines = file.text.trim().split('\r\n');
    expect(lines[0]).toBe('Accepted,Document,Version,Partner,Partner id,Accepted by,Address');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines[1]).toContain(`"'=HYPERLINK`);
  });
});
