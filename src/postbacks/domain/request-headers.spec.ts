import { describe, expect, it } from 'vitest';
import { headerProblems, maskHeaders, normaliseHeaders } from './request-headers.js';

describe('B04 request headers', () => {
  it('take what belongs to the partner', () => {
    expect(
      headerProblems({ Authorization: 'Bearer x', 'X-Api-Key': 'k', 'Content-Type': 'text/plain' }),
    ).toEqual([]);
    expect(normaliseHeaders({ 'X-Api-Key': 'K' })).toEqual({ 'x-api-key': 'K' });
  });

  it.each([
    ['Host', 'x'],
    ['Content-Length', '5'],
    ['Transfer-Encoding', 'chunked'],
    ['Proxy-Authorization', 'x'],
    ['X-Forwarded-For', 'x'],
    ['a b', 'x'],
    ['', 'x'],
    ['x', ''],
    ['x', 'a\r\nHost: b'],
    ['x', 'ü'],
    ['x', 5],
    ['x', '${clickid}'],
  ])('refuse %j: %j', (name, value) => expect(headerProblems({ [name]: value })).toHaveLength(1));

  it('are shown by their names, and what stands for their values is refused', () => {
    const masked = maskHeaders({ authorization: 'Bearer x', 'x-api-key': 'k' });
    expect(masked).toEqual({ authorization: '****', 'x-api-key': '****' });
    expect(headerProblems(masked)).toHaveLength(2);
  });

  it('are at most twenty', () => {
    expect(
      headerProblems(Object.fromEntries(Array.from({ length: 21 }, (_, i) => [`x-${i}`, 'v']))),
    ).toHaveLength(1);
  });
});
