import { Readable } from 'node:stream';
import { FileStore } from '../../../../src/platform/index.js';
import { AT, type Kind, row } from './kinds.js';
import { insert, makeBrand, next } from './scene.js';

export const contact: Kind = {
  ...row('contacts', ({ brandId }) => ({
    brand_id: brandId,
    name: 'Olga Fox',
    email: 'olga@fox.example',
    position: 0,
    created_at: AT,
  })),
  shared: true,
};

export const faqEntry: Kind = {
  ...row('faq_entries', () => ({
    topic: 'general',
    question: 'When?',
    answer: 'Soon.',
    position: 0,
    published: true,
    created_at: AT,
    updated_at: AT,
  })),
  shared: true,
};

/** Published, for everybody. */
export const news: Kind = {
  ...row('news', () => ({
    state: 'published',
    title: 'Fox joins',
    body: 'From today on.',
    publish_at: AT,
    partner_kinds: [],
    package_ids: [],
    brand_ids: [],
    countries: [],
    created_at: AT,
    updated_at: AT,
  })),
  shared: true,
};

export const newsImage: Kind = {
  make: async ({ app }, _tenant, [newsId]) => {
    const id = await insert(app, 'news_images', {
      news_id: newsId,
      media_type: 'image/png',
      size_bytes: 4,
      alt: 'Fox',
    });
    await app.app.get(FileStore).put(`news/${id}`, Readable.from(['\x89PNG']));
    return id;
  },
  shared: true,
};

const TERMS = { title: 'Terms', body: 'Fair.', must_accept: true, created_at: AT, updated_at: AT };

export const termsDraft: Kind = {
  ...row('terms_versions', () => ({ ...TERMS, kind: 'terms', version: next() })),
  shared: true,
};

/** Of a brand of its own: what is in force of it is this. */
export const termsInForce: Kind = {
  make: async ({ app }) =>
    insert(app, 'terms_versions', {
      ...TERMS,
      kind: 'brand_terms',
      brand_id: await makeBrand(app),
      version: 1,
      publish_at: AT,
    }),
  shared: true,
};
