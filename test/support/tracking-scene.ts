import { createHmac } from 'node:crypto';
import pg from 'pg';
import { Clock, Ids, readConfig, SecretBox } from '../../src/platform/index.js';

/** A brand with sync key, and one partner's campaign on it with promos: what clicks and batches need. */
export interface TrackingScene {
  brandId: string;
  partnerId: string;
  planId: string;
  campaignId: string;
  landingId: string;
  promos: { id: string; code: string }[];
  authKey: string;
  secret: string;
}

export interface SceneOptions {
  promos?: number;
  landingUrl?: string;
  currency?: string;
}

const ids = new Ids(new Clock());
let scenes = 0;

/** Puts a scene into the database; any number of them, each with a brand of its own. */
export async function makeTrackingScene(url: string, options: SceneOptions = {}): Promise<TrackingScene> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await write(client, options);
  } finally {
    await client.end();
  }
}

/** Headers of a batch whose body is `body` as sent, signed as the brand's server would. */
export function signedHeaders(
  { authKey, secret }: Pick<TrackingScene, 'authKey' | 'secret'>,
  body: string | Buffer,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-authorization-key': authKey,
    'x-authorization-sign': createHmac('sha512', secret).update(body).digest('hex'),
  };
}

async function write(client: pg.Client, options: SceneOptions): Promise<TrackingScene> {
  scenes += 1;
  const scene: TrackingScene = {
    brandId: ids.next(),
    partnerId: ids.next(),
    planId: ids.next(),
    campaignId: ids.next(),
    landingId: ids.next(),
    promos: Array.from({ length: options.promos ?? 1 }, (_, index) => ({
      id: ids.next(),
      code: `S${String(scenes).padStart(3, '0')}${String(index).padStart(6, '0')}`,
    })),
    authKey: `sk_scene_${scenes}`,
    secret: `secret of scene ${scenes}`,
  };
  const { brandId, partnerId, planId, campaignId, landingId } = scene;
  await client.query(
    `INSERT INTO partners (id, name, kind, state, country, created_at) VALUES ($1, 'Ann', 'affiliate', 'pending', 'DE', now())`,
    [partnerId],
  );
  await client.query(
    `INSERT INTO brands (id, name, slug, state, currency, created_at) VALUES ($1, 'Fox', $2, 'active', $3, now())`,
    [brandId, `fox-${scenes}`, options.currency ?? 'EUR'],
  );
  await client.query(
    `INSERT INTO landings (id, brand_id, title, url, audience, created_at)
     VALUES ($1, $2, 'Welcome', $3, 'players', now())`,
    [landingId, brandId, options.landingUrl ?? 'https://fox.example/welcome?lang=en#top'],
  );
  await client.query(
    `INSERT INTO commission_plans (id, brand_id, name, currency, period, time_zone, availability, negative_carry_over,
                                   state, current_version, created_at)
     VALUES ($1, $2, 'Plan', $3, 'monthly', 'UTC', 'default', true, 'active', 1, now())`,
    [planId, brandId, options.currency ?? 'EUR'],
  );
  await client.query(
    `INSERT INTO campaigns (id, partner_id, brand_id, commission_plan_id, name, state, created_at)
     VALUES ($1, $2, $3, $4, 'Campaign', 'active', now())`,
    [campaignId, partnerId, brandId, planId],
  );
  await client.query(
    `INSERT INTO promos (id, campaign_id, partner_id, brand_id, code, title, landing_id, created_at)
     SELECT id, $1, $2, $3, code, 'Promo', $4, now() FROM json_to_recordset($5) AS promo (id uuid, code text)`,
    [campaignId, partnerId, brandId, landingId, JSON.stringify(scene.promos)],
  );
  const keyId = ids.next();
  const box = new SecretBox(readConfig({}));
  await client.query(
    `INSERT INTO sync_keys (id, brand_id, auth_key, secret_sealed, created_at) VALUES ($1, $2, $3, $4, now())`,
    [keyId, brandId, scene.authKey, box.seal(scene.secret, `sync_keys.secret:${keyId}`)],
  );
  return scene;
}
