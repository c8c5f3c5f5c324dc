import { describe, expect, it } from 'vitest';
import { aboutOf } from './about.js';

describe('B03 whom a refused item is about', () => {
  it.each([
    [
      { tag: '01929C3E-0000-7000-8000-000000000001', user_id: 'p-1' },
      { tag: '01929c3e-0000-7000-8000-000000000001', name: 'p-1' },
    ],
    [{ tag: 'x', order_id: 'o-1', user_id: 'p-1' }, { name: 'o-1' }],
    [{ user_id: 'p-1' }, { name: 'p-1' }],
    [{ tag: 7, user_id: '' }, {}],
    [{ user_id: 'x'.repeat(201) }, {}],
    [{ user_id: 'a\0b', tag: '\ud800' }, {}],
    [null, {}],
    ['p-1', {}],
    [undefined, {}],
  ])('%j', (item, about) => expect(aboutOf(item)).toEqual(about));
});
