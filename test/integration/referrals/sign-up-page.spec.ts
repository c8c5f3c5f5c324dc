import request, { type Response } from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, PASSWORD, type Person } from '../../support/journey.js';
import { outboxDelivered } from '../../support/outbox.js';
import { login, tokenMailed } from '../identity/scene.js';
import { type ReferralProgram, TERMS } from './program-scene.js';
import { partnerIdOf, ReferralScene } from './scene.js';

const PUBLIC_URL = 'https://partners.example';
const FILLED_IN = { password: PASSWORD, name: 'Bea & Söhne', kind: 'affiliate', country: 'DE' };

let app: TestApp;
let scene: ReferralScene;
let ann: Person;
let annId: string;

beforeAll(async () => {
  app = await createTestApp({ env: { PUBLIC_URL } });
  scene = await ReferralScene.open(app);
  body(await scene.operator.post('operator/referral-program', TERMS), 201);
  ann = await joinAsPartner(app, scene.operator, 'ann@partners.example');
  annId = await partnerIdOf(ann);
});
afterAll(() => app.close());

/** Opens a link of the program as a browser does. */
function follow(link: string): Promise<Response> {
  const { origin, pathname, search } = new URL(link);
  expect(origin).toBe(PUBLIC_URL);
  return request(app.url)
    .get(pathname + search)
    .redirects(0)
    .then((answer) => answer);
}

/** What the page's form sends without being filled in. */
function hiddenOf(page: Response): Record<string, string> {
  expect([page.status, page.type]).toEqual([200, 'text/html']);
  const inputs = page.text.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name, value]) => [name!, value!]));
}

const submit = (fields: object, accept = 'text/html,*/*') =>
  request(app.url).post('/sign-up').type('form').set('accept', accept).send(fields);

async function partnerOf(email: string): Promise<string> {
  const [row] = await app.db.query<[{ id: string }]>(
    'SELECT m.partner_id AS id FROM memberships m JOIN users u ON u.id = m.user_id WHERE u.email = $1',
    [email],
  );
  return row.id;
}

describe('T11 the link of a partner', () => {
  it('leads to the page on which somebody signs up, and connects both', async () => {
    const email = 'bea@partners.example';
    const program = () => ann.get('partner/referral-program').then((answer) => body<ReferralProgram>(answer, 200)); // prettier-ignore
    const { code, link } = await program();
    const hidden = hiddenOf(await follow(link));
    expect(hidden).toEqual({ inviterCode: code });
    const done = await submit({ ...FILLED_IN, email, ...hidden });
    expect([done.status, done.type]).toEqual([200, 'text/html']);
    expect(done.text).toContain(email);
    await outboxDelivered(app);
    expect((await program()).registered).toBe(1);
    const token = await tokenMailed(app, email, 'Confirm your e-mail');
    await request(app.url).post('/api/v1/auth/verify-email').type('form').send({ token }).expect(200);
    expect((await login(app, email)).status).toBe(200);
  });
});

describe('A08 a link for sub-affiliates', () => {
  it('leads over the landing to the page, and the new partner comes under its owner', async () => {
    const email = 'cem@partners.example';
    const landing = await scene.operator.post('operator/landings', {
      ...{ brandId: scene.program.brandId, title: 'Join us', audience: 'sub_affiliates' },
      url: `${PUBLIC_URL}/sign-up?lang=en`,
    });
    const promo = await scene.promoOf(ann, 'Friends', body<{ id: string }>(landing, 201).id);
    const clicked = await follow(promo.trackingUrl);
    const hidden = hiddenOf(await follow(clicked.headers['location'] as string));
    expect(hidden).toEqual({ ref: promo.code });
    await submit({ ...FILLED_IN, email, ...hidden }).expect(200);
    await outboxDelivered(app);
    const connection = await scene.connectionOf(await partnerOf(email));
    expect(connection).toMatchObject({ inviter_id: annId, promo_id: promo.id });
  });
});

describe('T08 the page of sign-up', () => {
  it('takes the social account of a creator, who needs one for offers', async () => {
    const page = await follow(`${PUBLIC_URL}/sign-up`);
    for (const name of ['socialPlatform', 'socialHandle']) {
      expect(page.text).toMatch(new RegExp(`name="${name}"(?![^>]* required)`));
    }
    const email = 'cleo@partners.example';
    const account = { socialPlatform: 'instagram', socialHandle: ' @Cleo.Reviews' };
    await submit({ ...FILLED_IN, kind: 'creator', email, ...account }).expect(200);
    const accounts = await app.db.query<object[]>(
      'SELECT platform, handle FROM social_accounts WHERE partner_id = $1',
      [await partnerOf(email)],
    );
    expect(accounts).toEqual([{ platform: 'instagram', handle: 'cleo.reviews' }]);
  });

  it('lets others leave it empty', async () => {
    const email = 'finn@partners.example';
    await submit({ ...FILLED_IN, email, socialPlatform: '', socialHandle: ' ' }).expect(200);
    const accounts = await app.db.query<object[]>('SELECT FROM social_accounts WHERE partner_id = $1', [
      await partnerOf(email),
    ]);
    expect(accounts).toHaveLength(0);
  });
});

describe('O01 the page of sign-up', () => {
  it.each<[string, number, object, string]>([
    ['a taken address', 409, { email: 'ann@partners.example' }, 'email is already registered'],
    ['a common password', 422, { password: 'password1' }, 'password is one of the passwords'],
    ['a wrong address', 400, { email: 'bea' }, 'email must be an email'],
    ['a country of nobody', 400, { country: 'XX' }, 'country must be an ISO 3166-1 code'],
    ['a network without a name', 422, { socialPlatform: 'tiktok' }, 'socialHandle must be your name'],
    ['a name without a network', 422, { socialHandle: 'bea' }, 'socialPlatform must name the network'],
    [
      'a name of nothing',
      422,
      { socialPlatform: 'tiktok', socialHandle: '@' },
      'socialAccount.handle must be',
    ],
    ['what is no field', 400, { state: 'active' }, 'property state should not exist'],
  ])('shows itself again with what is wrong: %s', async (_, status, change, fault) => {
    const fields = { ...FILLED_IN, email: 'dan@partners.example', inviterCode: 'ABC', ...change };
    const answer = await submit(fields);
    expect([answer.status, answer.type]).toEqual([status, 'text/html']);
    expect(answer.text).toContain(fault);
    expect(answer.text).toContain('value="Bea &amp; Söhne"');
    expect(answer.text).toContain('name="inviterCode" value="ABC"');
    expect(answer.text).toContain('<option value="affiliate" selected>');
    expect(answer.text).not.toContain(fields.password);
    const problem = await submit(fields, 'application/json');
    expect([problem.status, problem.type]).toEqual([status, 'application/problem+json']);
  });

  it('writes whatever a link carries as text', async () => {
    const page = await follow(`${PUBLIC_URL}/sign-up?inviterCode=${encodeURIComponent('"><script>1</script>')}&__proto__=1&x`);
    expect(hiddenOf(page)).toEqual({ inviterCode: '&quot;&gt;&lt;script&gt;1&lt;/script&gt;' });
    expect(page.text).not.toContain('<script');
  }); // prettier-ignore
});
