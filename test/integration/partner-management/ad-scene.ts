import { randomUUID } from 'node:crypto';
import request, { type Response } from 'supertest';
import { expect } from 'vitest';
import type { TestApp } from '../../support/app.js';
import { body, callsWith, type Calls } from '../../support/journey.js';
import { samplePng } from '../../support/sample-files.js';
import { activePartner, open } from '../identity/scene.js';
import { admin } from './document-scene.js';

/** What a browser calls itself. */
const BROWSER = 'Mozilla/5.0 (X11; Linux x64; rv:140.0) Gecko/20100101 Firefox/140.0';

export interface Ad {
  id: string;
  name: string;
  state: string;
  revision: number;
  reason: string | null;
  clickUrl: string;
  creative: Record<string, unknown>;
}
export interface AdCampaign {
  id: string;
  state: string;
  pausedBy: string | null;
  impressions: number;
  left: number;
  served: number;
}
export interface Counts {
  credited: number;
  available: number;
  reserved: number;
  served: number;
}
export interface Served {
  token: string;
  format: string;
  creative: Record<string, unknown>;
  clickUrl: string;
  renderUrl: string;
}

/** An active partner that advertises. */
export interface Advertiser extends Calls {
  partnerId: string;
  email: string;
}

/** Signs up a partner that is approved. */
export async function advertiser(app: TestApp, email: string): Promise<Advertiser> {
  return signedInAgain(app, { email, partnerId: await activePartner(app, email) });
}

/** The same in a new session: access tokens last five minutes. */
export async function signedInAgain(
  app: TestApp,
  { email, partnerId }: Pick<Advertiser, 'email' | 'partnerId'>,
): Promise<Advertiser> {
  const { accessToken } = await open(app, email);
  return { ...callsWith(app, accessToken), email, partnerId };
}

/** What the program's first operator does about ads. */
export class AdScene {
  constructor(
    readonly app: TestApp,
    readonly operator: Calls,
  ) {}

  static async open(app: TestApp): Promise<AdScene> {
    const { accessToken } = await admin(app);
    return new AdScene(app, callsWith(app, accessToken));
  }

  /** An advertising package; gives its id. */
  async offer(impressions: number, amount = '50.00'): Promise<string> {
    const offered = { name: `Package ${randomUUID()}`, impressions, price: { amount, currency: 'EUR' } };
    return body<{ id: string }>(await this.operator.post('operator/ad-packages', offered), 201).id;
  }

  /** The partner asks for so many impressions and gets them. */
  async credit(partner: Calls, impressions: number): Promise<void> {
    const id = await this.offer(impressions);
    const asked = body<{ id: string }>(await partner.post(`partner/ad-packages/${id}/requests`), 201);
    body(await this.operator.post(`operator/ad-package-requests/${asked.id}/approve`), 200);
  }

  /** A banner of that size as a draft. */
  async banner(partner: Calls, { name = 'Autumn', size = [300, 250] as [number, number] } = {}): Promise<Ad> {
    const file = await upload(partner, samplePng(...size));
    return body<Ad>(
      await partner.post('partner/ads', {
        name,
        format: 'banner',
        clickUrl: `https://brand.example/${name.toLowerCase()}`,
        imageId: file.id,
      }),
      201,
    );
  }

  /** Approves the ad's pending request. */
  async approve(ad: Pick<Ad, 'id'>): Promise<void> {
    body(await this.operator.post(`operator/ad-requests/${await this.requestOf(ad)}/approve`), 200);
  }

  /** The id of the ad's pending request. */
  async requestOf({ id }: Pick<Ad, 'id'>): Promise<string> {
    const pending = await this.operator.get('operator/ad-requests?limit=200');
    const { items } = body<{ items: { id: string; subjectId: string }[] }>(pending, 200);
    return items.find(({ subjectId }) => subjectId === id)!.id;
  }

  /** A banner that may be shown. */
  async approvedBanner(partner: Calls, options = {}): Promise<Ad> {
    const ad = await this.banner(partner, options);
    body(await partner.post(`partner/ads/${ad.id}/submit`), 200);
    await this.approve(ad);
    return ad;
  }

  /** An ad for the place, or null. Places of one's own keep tests apart. */
  async serve(placement: string, query = 'format=banner'): Promise<Served | null> {
    const answer = await this.get(`serve?${query}&placement=${placement}`);
    if (answer.status === 204) return null;
    return body<Served>(answer, 200);
  }

  /** Confirms the render of a token, as a browser. */
  async render({ token }: Pick<Served, 'token'>, userAgent = BROWSER): Promise<Response> {
    return request(this.app.url).post(`/api/ads/v1/render/${token}`).set('User-Agent', userAgent);
  }

  /** Gets something of the public routes, as a browser; redirects are not followed. */
  async get(path: string, userAgent = BROWSER): Promise<Response> {
    return request(this.app.url).get(`/api/ads/v1/${path}`).set('User-Agent', userAgent).redirects(0);
  }
}

/** An ad campaign as a draft, shown at one place only. */
export async function draftCampaign(
  partner: Calls,
  ads: Pick<Ad, 'id'>[],
  placement: string,
  options: object = {},
): Promise<AdCampaign> {
  return body<AdCampaign>(
    await partner.post('partner/ad-campaigns', {
      name: 'Autumn',
      adIds: ads.map(({ id }) => id),
      impressions: 10,
      targeting: { placements: [placement] },
      ...options,
    }),
    201,
  );
}

/** The same, launched. */
export async function launched(
  partner: Calls,
  ads: Pick<Ad, 'id'>[],
  placement: string,
  options: object = {},
): Promise<AdCampaign> {
  const { id } = await draftCampaign(partner, ads, placement, options);
  return body<AdCampaign>(await partner.post(`partner/ad-campaigns/${id}/launch`), 200);
}

/** Uploads a file for ads. */
export async function upload(
  partner: Calls,
  content: Buffer,
  fileName = 'banner.png',
): Promise<{ id: string; mediaType: string; width: number | null; height: number | null }> {
  return body(await partner.upload('partner/ad-files', { content, fileName }), 201);
}

/** The partner's impressions. */
export async function countsOf(partner: Calls): Promise<Counts> {
  return body<Counts>(await partner.get('partner/impressions'), 200);
}

/** Checks what must hold at any time (rule 9.3), by the account, its movements and its campaigns. */
export async function expectToAddUp(app: TestApp, partner: Advertiser): Promise<Counts> {
  const [row] = await app.db.query<[Record<string, string>]>(
    `SELECT a.*, m.credit, m.reserve, m.serve, m.release, c.held, c.shown
       FROM impression_accounts a,
            LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE kind = 'credit'), 0) AS credit,
                            coalesce(sum(amount) FILTER (WHERE kind = 'reserve'), 0) AS reserve,
                            coalesce(sum(amount) FILTER (WHERE kind = 'serve'), 0) AS serve,
                            coalesce(sum(amount) FILTER (WHERE kind = 'release'), 0) AS release
                       FROM impression_movements WHERE partner_id = a.partner_id) m,
            LATERAL (SELECT sum(left_impressions) AS held, sum(served) AS shown
                       FROM ad_campaigns WHERE partner_id = a.partner_id) c
      WHERE a.partner_id = $1`,
    [partner.partnerId],
  );
  const {
    credited,
    available,
    reserved,
    served: shown,
    ...sums
  } = Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Record<
    string,
    number
  >;
  expect(credited).toBe(available! + reserved! + shown!);
  expect(sums).toMatchObject({ credit: credited, serve: shown, held: reserved });
  expect(sums['shown']).toBe(shown);
  expect(sums['reserve']! - sums['release']! - sums['serve']!).toBe(reserved);
  return countsOf(partner);
}
