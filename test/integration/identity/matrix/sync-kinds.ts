import { AT, type Kind } from './kinds.js';
import { insert, next } from './scene.js';

/** Of the brand in the path; else of the brand that the callers of brands belong to. */
export const syncKey: Kind = {
  make: ({ app, brandId }, _tenant, [ofBrand]) =>
    insert(app, 'sync_keys', {
      brand_id: ofBrand ?? brandId,
      auth_key: `sk_${next()}`,
      secret_sealed: 'none',
      created_at: AT,
    }),
  shared: true,
};

/** As {@link syncKey}. */
export const syncBatch: Kind = {
  make: ({ app, brandId }, _tenant, [ofBrand]) =>
    insert(app, 'sync_batches', {
      brand_id: ofBrand ?? brandId,
      kind: 'players',
      received_at: AT,
      accepted: 1,
      duplicate: 0,
      corrected: 0,
      rejected: 0,
      refusals: [],
    }),
  shared: true,
};
