import { Readable } from 'node:stream';
import { FileStore } from '../../../../src/platform/index.js';
import { AT, type Kind, row } from './kinds.js';
import { insert, next, type Scene, type Tenant } from './scene.js';

async function makeAdPackage({ app }: Scene): Promise<string> {
  return insert(app, 'ad_packages', {
    name: `Impressions ${next()}`,
    impressions: 1_000,
    price_minor: 5_000,
    currency: 'EUR',
    created_at: AT,
  });
}

/** Offered to every partner alike. */
export const adPackage: Kind = { make: makeAdPackage, shared: true };

export const adFile: Kind = {
  make: async ({ app }, { partnerId }) => {
    const id = await insert(app, 'ad_files', {
      partner_id: partnerId,
      file_name: 'banner.png',
      media_type: 'image/png',
      size_bytes: 4,
      width: 300,
      height: 250,
      created_at: AT,
    });
    await app.app.get(FileStore).put(`ads/${partnerId}/${id}`, Readable.from(['\x89PNG']));
    return id;
  },
};

function makeAd({ app }: Scene, { partnerId }: Tenant, state: string): Promise<string> {
  return insert(app, 'ads', {
    partner_id: partnerId,
    name: 'Autumn',
    format: 'video',
    click_url: 'https://brand.example',
    fields: { videoUrl: 'https://cdn.example/a.mp4', durationSeconds: 20 },
    state,
    created_at: AT,
    updated_at: AT,
  });
}

export const ad: Kind = { make: (scene, tenant) => makeAd(scene, tenant, 'draft') };

export const adCampaign = row('ad_campaigns', (_, { partnerId }) => ({
  partner_id: partnerId,
  name: 'Autumn',
  state: 'draft',
  impressions: 10,
  countries: [],
  languages: [],
  platforms: [],
  placements: [],
  created_at: AT,
}));

function requestAbout(
  kind: 'ad' | 'ad_package',
  makeSubject: (scene: Scene, tenant: Tenant) => Promise<string>,
): Kind {
  return {
    make: async (scene, tenant) =>
      insert(scene.app, 'partner_requests', {
        kind,
        partner_id: tenant.partnerId,
        state: 'pending',
        subject_id: await makeSubject(scene, tenant),
        title: 'Autumn',
        price_minor: 0,
        currency: 'EUR',
        requested_at: AT,
      }),
  };
}

export const adRequest = requestAbout('ad', (scene, tenant) => makeAd(scene, tenant, 'pending'));

export const adPackageRequest = requestAbout('ad_package', async (scene, { partnerId }) =>
  insert(scene.app, 'impression_orders', {
    partner_id: partnerId,
    ad_package_id: await makeAdPackage(scene),
    package_name: 'Impressions',
    impressions: 1_000,
    ordered_at: AT,
  }),
);
