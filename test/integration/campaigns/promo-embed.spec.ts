import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApp, type TestApp } from '../../support/app.js';
import { body, joinAsPartner, type Person, signIn } from '../../support/journey.js';
import { makeProgram, type Program } from '../../support/program.js';
import { samplePng } from '../../support/sample-files.js';

interface Promo {
  id: string;
  code: string;
  trackingUrl: string;
  medium: object | null;
  impressionsCount: number;
}
interface Embed {
  html: string;
  imageUrl: string | null;
  linkUrl: string;
  width: number | null;
  height: number | null;
}

const BROWSER = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0' };
const NAUGHTY = `Fox "300" <script>alert('x')</script> &amp;`;

let app: TestApp;
let operator: Person;
let partner: Person;
let stranger: Person;
let program: Program;
let campaignId: string;

beforeAll(async () => {
  app = await createTestApp({ env: { PUBLIC_URL: 'https://track.example' } });
  operator = await signIn(app, 'admin@example.com', 'correct horse battery');
  partner = await joinAsPartner(app, operator, 'embed@partners.example');
  stranger = await joinAsPartner(app, operator, 'stranger@partners.example');
  program = await makeProgram(operator);
  const { brandId, planId: commissionPlanId } = program;
  const made = await partner.post('partner/campaigns', { name: 'Autumn', brandId, commissionPlanId });
  campaignId = body<{ id: string }>(made, 201).id;
});
afterAll(() => app.close());

async function makePromo(mediaId: string | null, title = 'Top list'): Promise<Promo> {
  const input = { landingId: program.landingId, mediaId, title };
  return body<Promo>(await partner.post(`partner/campaigns/${campaignId}/promos`, input), 201);
}
async function upload(fields: Record<string, string> = {}): Promise<string> {
  const file = { content: samplePng(300, 250), fileName: 'fox.png' };
  const answer = await operator.upload('operator/media/images', {
    ...file,
    fields: { brandId: program.brandId, ...fields },
  });
  return body<{ id: string }>(answer, 201).id;
}
async function link(medium: object): Promise<string> {
  const input = { brandId: program.brandId, title: 'Far fox', ...medium };
  return body<{ id: string }>(await operator.post('operator/media', input), 201).id;
}
const embedOf = async ({ id }: Promo): Promise<Embed> =>
  body<Embed>(await partner.get(`partner/promos/${id}/embed`), 200);

describe('A04 the embed code of a promo', () => {
  it('shows an uploaded image inside the link; fetched, it counts and leads to the image', async () => {
    const mediaId = await upload({ title: NAUGHTY });
    const promo = await makePromo(mediaId);
    const { code } = promo;
    expect(await embedOf(promo)).toEqual({
      html:
        `<a href="https://track.example/r/${code}" rel="nofollow sponsored">` +
        `<img src="https://track.example/b/${code}" alt="Fox &quot;300&quot; &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;amp;" width="300" height="250"></a>`,
      imageUrl: `https://track.example/b/${code}`,
      linkUrl: `https://track.example/r/${code}`,
      width: 300,
      height: 250,
    });
    const answer = await fetch(`${app.url}/b/${code}`, { headers: BROWSER });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(samplePng(300, 250).equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);

    const shown = {
      medium: {
        id: mediaId,
        title: NAUGHTY,
        kind: 'image',
        width: 300,
        height: 250,
        imageUrl: `https://track.example/m/${mediaId}.png`,
      },
      impressionsCount: 1,
    };
    const read = async (): Promise<Promo> =>
      body<Promo>(await partner.get(`partner/promos/${promo.id}`), 200);
    await expect.poll(read, { timeout: 5_000 }).toMatchObject(shown);
    expect(promo).toMatchObject({ ...shown, impressionsCount: 0 });
    const bare = await makePromo(null);
    for (const list of [`partner/campaigns/${campaignId}/promos`, `partner/campaigns/${campaignId}`]) {
      const answered = body<{ items?: Promo[]; promos?: Promo[] }>(await partner.get(list), 200);
      const promos = answered.items ?? answered.promos!;
      expect(promos.find(({ id }) => id === promo.id)).toMatchObject(shown);
      expect(promos.find(({ id }) => id === bare.id)).toMatchObject({ medium: null, impressionsCount: 0 });
    }
    const renamed = await partner.patch(`partner/promos/${promo.id}`, { title: 'Second place' });
    expect(body(renamed, 200)).toMatchObject({ title: 'Second place', ...shown });
  });

  it('is a text link for a text, and for a promo without a medium', async () => {
    const spins = await makePromo(await link({ kind: 'text', text: '100 "free" <b>spins</b>' }));
    expect(await embedOf(spins)).toEqual({
      html: `<a href="${spins.trackingUrl}" rel="nofollow sponsored">100 &quot;free&quot; &lt;b&gt;spins&lt;/b&gt;</a>`,
      imageUrl: null,
      linkUrl: spins.trackingUrl,
      width: null,
      height: null,
    });
    const bare = await makePromo(null, NAUGHTY);
    expect(await embedOf(bare)).toMatchObject({
      html: `<a href="${bare.trackingUrl}" rel="nofollow sponsored">Fox &quot;300&quot; &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp;amp;</a>`,
      imageUrl: null,
    });
    for (const { code } of [spins, bare]) expect((await fetch(`${app.url}/b/${code}`)).status).toBe(404);
  });

  it('fetches what lies elsewhere from there: our origin leads nobody away', async () => {
    const url = 'https://cdn.example/fox.png?a=1&b="2"';
    const far = await makePromo(await link({ kind: 'image', url, width: 728, height: 90 }));
    expect(await embedOf(far)).toMatchObject({
      html: `<a href="${far.trackingUrl}" rel="nofollow sponsored"><img src="https://cdn.example/fox.png?a=1&amp;b=&quot;2&quot;" alt="Far fox" width="728" height="90"></a>`,
      imageUrl: url,
      width: 728,
    });
    expect(far.medium).toMatchObject({ imageUrl: url });
    const rich = await makePromo(await link({ kind: 'html', url: 'https://cdn.example/fox/' }));
    expect(await embedOf(rich)).toMatchObject({
      html: `<iframe src="https://cdn.example/fox/?clickTag=${encodeURIComponent(rich.trackingUrl)}" title="Far fox"></iframe>`,
      imageUrl: null,
    });
    expect(rich.medium).toMatchObject({ kind: 'html', imageUrl: null });
    for (const { code } of [far, rich]) expect((await fetch(`${app.url}/b/${code}`)).status).toBe(404);
  });

  it('stays as it is when its medium is no longer offered, or becomes private to others', async () => {
    const mediaId = await upload();
    const promo = await makePromo(mediaId);
    const before = await embedOf(promo);
    const change = { active: false, privacy: 'private', partnerIds: [] };
    body(await operator.patch(`operator/media/${mediaId}`, change), 200);
    expect(await embedOf(promo)).toEqual(before);
    expect((await fetch(`${app.url}/b/${promo.code}`)).status).toBe(200);
    const again = { landingId: program.landingId, mediaId };
    body(await partner.post(`partner/campaigns/${campaignId}/promos`, again), 422);
  });

  it('is its partner’s only', async () => {
    const promo = await makePromo(await upload());
    body(await stranger.get(`partner/promos/${promo.id}/embed`), 404);
    body(await partner.get(`partner/promos/${randomUUID()}/embed`), 404);
    body(await partner.get('partner/promos/nonsense/embed'), 400);
    body(await operator.get(`partner/promos/${promo.id}/embed`), 403);
  });
});
