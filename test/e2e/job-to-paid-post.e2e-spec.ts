import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CampaignEndsJob } from '../../src/public-campaigns/posts/campaign-ends.job.js';
import {
  type CampaignBody,
  collect,
  type Creator,
  eur,
  found,
  join,
  makeCreator,
  type PostBody,
  problem,
  publish,
  urlOf,
} from '../integration/public-campaigns/campaign-scene.js';
import { joinBrand } from '../integration/tracking/order-scene.js';
import { createTestApp, type TestApp } from '../support/app.js';
import { body, type Person, signIn } from '../support/journey.js';
import { outboxDelivered } from '../support/outbox.js';
import { makeProgram } from '../support/program.js';

let app: TestApp;
let owner: Person;
let creator: Creator;
let operator: Person;
beforeAll(async () => {
  app = await createTestApp();
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  owner = await joinBrand(app, operator, (await makeProgram(operator)).brandId, 'owner');
  creator = await makeCreator(app, operator);
});
afterAll(() => app.close());

/** Some days later everybody signs in again. */
async function later(time: string): Promise<void> {
  app.clock.set(time);
  owner = await owner.signInAgain();
  creator.person = await creator.person.signInAgain();
}

describe('E01 E05 E06 E07 E08 from the search for a job to a paid post', () => {
  it('a creator finds a campaign, joins, posts, is approved and paid', async () => {
    const campaign = await publish(owner, { title: 'Rainy evenings', budget: eur('20.00') });

    // E01: the creator searches, and reads what it is about.
    const { items } = body<{ items: { id: string; eligible: boolean; consumptionPercent: number }[] }>(
      await creator.person.get('partner/jobs?search=rainy&status=ongoing'),
      200,
    );
    expect(items).toMatchObject([{ id: campaign.id, eligible: true, consumptionPercent: 0 }]);
    const job = body<CampaignBody>(await creator.person.get(`partner/jobs/${campaign.id}`), 200);
    expect(job.terms).toContain('30 days');

    // E05: it joins with its account, the terms accepted.
    const participationId = await join(creator, campaign.id, job.termsVersion);

    // E06: one post is found, the address of another one is given; the figures grow.
    await later('2026-11-05T18:00:00Z');
    await collect(
      app,
      participationId,
      found({ app, creator }, 'rainy1', { metrics: { like: 100, view: 400 } }),
    );
    const given = await creator.person.post(`partner/participations/${participationId}/posts`, {
      url: 'https://instagram.com/reel/rainy2?igsh=1',
    });
    expect(body<PostBody>(given, 201)).toMatchObject({ state: 'joined', url: urlOf('rainy2') });
    await collect(app, participationId, found({ app, creator }, 'rainy2', { metrics: { like: 3 } }));
    const posts = body<{ items: PostBody[] }>(
      await creator.person.get(`partner/participations/${participationId}/posts`),
      200,
    ).items;
    expect(posts.map(({ url, accrued }) => [url, accrued.amount])).toEqual([
      [urlOf('rainy2'), '5.06'],
      [urlOf('rainy1'), '8.00'],
    ]);

    // E03: the brand sees what is used of its budget.
    expect(body(await owner.get(`brand/public-campaigns/${campaign.id}`), 200)).toMatchObject({
      consumed: eur('13.06'),
      consumptionPercent: 65,
    });

    // E07: it approves one and refuses the other.
    const [second, first] = posts.map(({ id }) => id);
    body(await owner.post(`brand/posts/${first}/approve`), 200);
    body(await owner.post(`brand/posts/${second}/reject`, { reason: 'Another product' }), 200);
    await later('2026-11-15T23:00:00Z');
    await app.app.get(CampaignEndsJob).runDue();
    await outboxDelivered(app);
    const mails = await app.mailbox(creator.person.email);
    expect(mails.at(-1)).toMatchObject({ subject: 'Approved: your posts for "Rainy evenings"' });

    // E08: the creator requests the payment, and the reward is in its wallet.
    expect(problem(await creator.person.post(`partner/posts/${second}/payment-request`))).toBe(
      '409 POST_NOT_APPROVED',
    );
    const paid = await creator.person.post(`partner/posts/${first}/payment-request`);
    expect(body<PostBody>(paid, 200)).toMatchObject({ accrued: eur('8.00'), payable: false });
    const wallet = body<{ balances: object[] }>(await creator.person.get('partner/wallet'), 200);
    expect(wallet.balances).toMatchObject([{ currency: 'EUR', available: eur('8.00') }]);
    operator = await operator.signInAgain();
    expect(body(await operator.get(`operator/public-campaigns/${campaign.id}`), 200)).toMatchObject({
      consumed: eur('8.00'),
      status: 'finished',
    });
  });
});
