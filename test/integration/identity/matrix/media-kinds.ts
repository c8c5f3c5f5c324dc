import { AT, type Kind } from './kinds.js';
import { insert } from './scene.js';

export const medium: Kind = {
  make: ({ app, brandId }) =>
    insert(app, 'media', { brand_id: brandId, title: 'Fox', kind: 'text', text: 'Play', created_at: AT }),
};

/** One that only the tenant's partner may use. */
export const privateMedium: Kind = {
  make: async (scene, tenant) => {
    const id = await medium.make(scene, tenant, []);
    await scene.app.db.query(`UPDATE media SET privacy = 'private' WHERE id = $1`, [id]);
    await scene.app.db.query('INSERT INTO media_partners (media_id, partner_id) VALUES ($1, $2)', [
      id,
      tenant.partnerId,
    ]);
    return id;
  },
};
