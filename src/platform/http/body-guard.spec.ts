import { describe, expect, it } from 'vitest';
import { bodyFault } from './body-guard.js';

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

describe('bodies that cannot be taken', () => {
  it('takes ordinary ones, and none', () => {
    expect(bodyFault({ name: 'Ann 🎉', list: [{ amount: '1.00' }, null, 3] })).toBeNull();
    expect(bodyFault(undefined)).toBeNull();
    expect(bodyFault(nested(30))).toBeNull();
  });

  it('refuses deep nesting, however deep', () => {
    expect(bodyFault(nested(40))?.message).toContain('nested');
    expect(bodyFault(nested(100_000))?.message).toContain('nested');
  });

  it.each(['{"constructor":"x"}', '{"a":[{"prototype":{}}]}', '{"__proto__":{"role":"admin"}}'])(
    'refuses a field that every object has: %s',
    (text) => {
      expect(bodyFault(JSON.parse(text))).toEqual({
        path: /constructor|prototype|__proto__/.exec(text)![0],
        message: 'is reserved and no name of a field',
      });
    },
  );

  it.each([{ email: '\ud800@b.example' }, ['\udc00'], { '\ud800': 1 }])(
    'refuses half a surrogate pair',
    (body) => {
      expect(bodyFault(body)?.message).toContain('surrogate');
    },
  );
});
