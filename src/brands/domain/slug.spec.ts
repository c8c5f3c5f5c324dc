import { describe, expect, it } from 'vitest';
import { slugOf } from './slug.js';

describe('slugOf', () => {
  it.each([
    ['Lucky Fox', 'lucky-fox'],
    ['  Söhne & Töchter!  ', 'sohne-tochter'],
    ['日本', 'riben'],
    ['ß', 'ss'],
    ['!!!', 'brand'],
    ['a'.repeat(80), 'a'.repeat(60)],
  ])('%s → %s', (name, slug) => {
    expect(slugOf(name)).toBe(slug);
  });
});
