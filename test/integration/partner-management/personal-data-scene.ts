import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import request from 'supertest';
import { fromBufferPromise } from 'yauzl';
import { Money, UnitOfWork } from '../../../src/platform/index.js';
import { Ledger } from '../../../src/wallet/index.js';
import type { TestApp } from '../../support/app.js';
import { body, callsWith, click, PASSWORD, type Person, signIn } from '../../support/journey.js';
import { samplePdf, samplePng } from '../../support/sample-files.js';
import { makeProgram, type Program } from '../../support/program.js';
import { AdScene, launched, upload } from './ad-scene.js';
import { type Authenticator, type Caller, enableTwoFactor, open, type SignedIn } from '../identity/scene.js';

/** A partner with something in every room; its own words all contain the mark. */
export interface MarkedPartner {
  mark: string;
  email: string;
  partnerId: string;
  userId: string;
  session: SignedIn;
  authenticator: Authenticator;
  trackingUrl: string;
  campaignId: string;
  paymentMethodId: string;
}

/** Where partners' trackers seem to be; nobody listens there. */
export const NOBODY = '127.0.0.1:9';

/** The operator and a program that partners join. */
export interface Stage {
  app: TestApp;
  operator: Person;
  program: Program;
}

export async function openStage(app: TestApp): Promise<Stage> {
  const operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  await operator.enableTwoFactor();
  return { app, operator, program: await makeProgram(operator) };
}

/** Signs a partner up over HTTP and leaves its mark wherever people write something. */
export async function joinMarked({ app, operator, program }: Stage, mark: string): Promise<MarkedPartner> {
  const email = `${mark}@${mark}.example`;
  const { partnerId } = body<{ partnerId: string }>(
    await request(app.url)
      .post('/api/v1/auth/register')
      .send({
        email,
        password: PASSWORD,
        name: `Ann ${mark}`,
        kind: 'affiliate',
        country: 'DE',
        phone: '+4930123456',
        website: `https://${mark}.example`,
        description: `I am ${mark}`,
        socialAccount: { platform: 'instagram', handle: mark },
        ref: mark,
        inviterCode: mark,
      }),
    201,
  );
  const [mail] = await app.mailbox(email);
  const token = /token=([\w-]+)/.exec(mail!.text)![1];
  body(await request(app.url).post('/api/v1/auth/verify-email').send({ token }), 200);
  const waiting = body<{ items: { id: string; partnerId: string }[] }>(
    await operator.get('operator/partnership-requests?limit=200'),
    200,
  );
  const own = waiting.items.find((item) => item.partnerId === partnerId)!;
  body(await operator.post(`operator/partnership-requests/${own.id}/approve`), 200);
  const session = await open(app, email);
  const { authenticator } = await enableTwoFactor(app, session);
  const [{ userId }] = await app.db.query<[{ userId: string }]>(
    'SELECT user_id AS "userId" FROM memberships WHERE partner_id = $1',
    [partnerId],
  );
  const path = `operator/partners/${partnerId}`;
  body(await operator.patch(path, { invoiceId: `INV-${mark}`, groups: [mark] }), 200);
  body(await operator.post(`${path}/notes`, { text: `Knows ${mark}` }), 201);
  await uploadDocument(app, session, mark);
  await askSupport(app, session, mark);
  await advertise({ app, operator, program }, session, mark);
  return {
    mark,
    email,
    partnerId,
    userId,
    session,
    authenticator,
    ...(await work(session.as, mark, program)),
  };
}

/** A document whose content, name and label bear the mark. */
async function uploadDocument({ url }: TestApp, { accessToken }: SignedIn, mark: string): Promise<void> {
  const content = Buffer.concat([samplePdf(), Buffer.from(`% ${mark}\n%%EOF\n`)]);
  const answer = await request(url)
    .post('/api/v1/partner/documents')
    .set('Authorization', `Bearer ${accessToken}`)
    .field({ type: 'identity', label: `Passport of ${mark}` })
    .attach('file', content, `${mark}.pdf`);
  body(answer, 201);
}

/** A running ad campaign of an ad that waits for approval, with a file; all of them bear the mark. */
async function advertise({ app, operator }: Stage, { accessToken }: SignedIn, mark: string): Promise<void> {
  const partner = callsWith(app, accessToken);
  await new AdScene(app, operator).credit(partner, 100);
  const { id: imageId } = await upload(partner, samplePng(300, 250), `${mark}.png`);
  const ad = { name: `Ad ${mark}`, format: 'banner', clickUrl: `https://${mark}.example`, imageId };
  const made = body<{ id: string }>(await partner.post('partner/ads', ad), 201);
  body(await partner.post(`partner/ads/${made.id}/submit`), 200);
  await launched(partner, [made], mark, { name: `Ads ${mark}` });
}

/** A ticket with a file; subject, message, file and its name bear the mark. */
async function askSupport({ url }: TestApp, { accessToken, as }: SignedIn, mark: string): Promise<void> {
  const file = await request(url)
    .post('/api/v1/partner/ticket-attachments')
    .set('Authorization', `Bearer ${accessToken}`)
    .attach('file', Buffer.concat([samplePdf(), Buffer.from(`% ${mark}\n%%EOF\n`)]), `${mark}.pdf`);
  const attachmentIds = [body<{ id: string }>(file, 201).id];
  const ticket = { subject: `Help ${mark}`, body: `I am ${mark}`, attachmentIds };
  body(await as.post('partner/tickets', ticket), 201);
}

/** A campaign with a promo, a postback and a visit, a statistics token, and an account to be paid to. */
async function work(as: Caller, mark: string, { brandId, planId, landingId }: Program) {
  const campaign = body<{ id: string }>(
    await as.post('partner/campaigns', { name: `Autumn ${mark}`, brandId, commissionPlanId: planId }),
    201,
  );
  const promo = body<{ trackingUrl: string }>(
    await as.post(`partner/campaigns/${campaign.id}/promos`, { title: `Top ${mark}`, landingId }),
    201,
  );
  await click(promo.trackingUrl, as.app);
  const url = `http://${NOBODY}/nowhere?who=${mark}`;
  const postback = { scope: 'account', action: 'registration', url, headers: { 'X-Key': `secret-${mark}` } };
  const { id: postbackId } = body<{ id: string }>(await as.post('partner/postbacks', postback), 201);
  body(await as.post(`partner/postbacks/${postbackId}/test`), 200);
  body(await as.get('me/statistic-token'), 200);
  const method = { type: 'bank_transfer', fields: { holder: `Ann ${mark}`, iban: IBAN, bic: 'COBADEFFXXX' } };
  const added = body<{ id: string }>(await as.post('partner/payment-methods', method), 201);
  body(
    await as.post('partner/payment-methods', { type: 'paypal', fields: { email: `${mark}@pay.example` } }),
    201,
  );
  return { campaignId: campaign.id, trackingUrl: promo.trackingUrl, paymentMethodId: added.id };
}

export const IBAN = 'DE89370400440532013000';

/** Credits the partner as an approved bill does. */
export async function credit({ app }: Stage, partnerId: string, amount: string): Promise<void> {
  const money = Money.parse(amount, 'EUR');
  await app.app
    .get(UnitOfWork)
    .run((tx) =>
      app.app
        .get(Ledger)
        .credit(tx, { ownerId: partnerId, amount: money, kind: 'bill', reference: randomUUID() }),
    );
}

/** Asks for a cash-out to the bank account and gives its id. */
export async function withdraw(partner: MarkedPartner, amount: string): Promise<string> {
  const { session, paymentMethodId } = partner;
  const answer = await request(session.as.app.url)
    .post('/api/v1/partner/cashouts')
    .set('Authorization', `Bearer ${session.accessToken}`)
    .set('Idempotency-Key', randomUUID())
    .send({ currency: 'EUR', amount, paymentMethodId });
  return body<{ id: string }>(answer, 201).id;
}

/** A fresh session of the partner; access tokens last five minutes. */
export async function again(app: TestApp, partner: MarkedPartner): Promise<SignedIn> {
  partner.session = await open(app, partner.email, { otp: partner.authenticator.freshCode() });
  return partner.session;
}

/** Password and a fresh code. */
export const proof = ({ authenticator }: MarkedPartner) => ({
  password: PASSWORD,
  code: authenticator.freshCode(),
});

/** Asks for a copy and waits until it is made. */
export async function exportOf(
  partner: MarkedPartner,
): Promise<{ id: string; state: string; sizeBytes: number }> {
  const { as } = partner.session;
  const { id } = body<{ id: string }>(await as.post('partner/data-export', proof(partner)), 202);
  for (;;) {
    const { items } = body<{ items: { id: string; state: string; sizeBytes: number }[] }>(
      await as.get('partner/data-export'),
      200,
    );
    const made = items.find((item) => item.id === id)!;
    if (made.state !== 'pending') return made;
  }
}

/** The files of a copy, by name. */
export async function download(
  { url }: TestApp,
  { accessToken }: SignedIn,
  id: string,
): Promise<Map<string, string>> {
  const response = await fetch(`${url}/api/v1/partner/data-export/${id}/download`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return unzip(Buffer.from(await response.arrayBuffer()));
}

export async function unzip(archive: Buffer): Promise<Map<string, string>> {
  const zip = await fromBufferPromise(archive, { lazyEntries: true });
  const files = new Map<string, string>();
  for (let left = zip.entryCount; left > 0; left -= 1) {
    zip.readEntry();
    const [entry] = (await once(zip, 'entry')) as [{ fileName: string }];
    const content = await new Promise<Readable>((resolve, reject) => {
      zip.openReadStream(entry as never, (error, stream) => (error ? reject(error) : resolve(stream)));
    });
    files.set(entry.fileName, await text(content));
  }
  return files;
}

/** Tables of the whole database, partitions and job queues included, with a row that holds the text. */
export async function tablesWith({ db }: TestApp, text: string): Promise<string[]> {
  const tables = await db.query<{ name: string }[]>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
      WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await db.query<unknown[]>(`SELECT 1 FROM ${name} t WHERE t::text ILIKE $1 LIMIT 1`, [
      `%${text}%`,
    ]);
    if (row) found.push(name);
  }
  return found;
}
