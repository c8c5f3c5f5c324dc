import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor, mapPage, toPage } from './pagination.js';

describe('cursors', () => {
  it('come back as they were, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), (key) => {
        expect(decodeCursor(encodeCursor(key), key.length)).toEqual(key);
      }),
    );
  });

  it('hold only characters that a URL takes as they are', () => {
    expect(encodeCursor(['2026-10-01T00:00:00Z', 'ÿ?&='])).toMatch(/^[A-Za-z0-9_-]+$/);
  });

  it('that are no cursors of ours are a 400 that names the parameter', () => {
    const faulty = [
      '',
      'x',
      'null',
      encodeCursor([]),
      encodeCursor(['a', 'b']),
      toCursor([1]),
      toCursor({ 0: 'a', length: 1 }),
    ];
    for (const cursor of faulty) {
      expect(() => decodeCursor(cursor, 1)).toThrow(
        expect.objectContaining({
          code: 'INVALID_CURSOR',
          kind: 'malformed',
          details: { errors: [{ path: 'cursor', message: expect.any(String) as string }] },
        }) as Error,
      );
    }
  });

  it('never break anything, whatever is sent', () => {
    fc.assert(
      fc.property(fc.string(), (cursor) => {
        try {
          expect(decodeCursor(cursor, 1)).toHaveLength(1);
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_CURSOR' });
        }
      }),
    );
  });
});

describe('toPage', () => {
  it('walks a list to its end without a gap or a repetition', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 7 }), (length, limit) => {
        const rows = Array.from({ length }, (_, index) => String(index).padStart(3, '0'));
        const seen: string[] = [];
        let cursor: string | null = null;
        do {
          const after: string = cursor === null ? '' : decodeCursor(cursor, 1)[0]!;
          const fetched = rows.filter((row) => row > after).slice(0, limit + 1);
          const page = toPage(fetched, limit, (row) => [row]);
          expect(page.items.length).toBeLessThanOrEqual(limit);
          seen.push(...page.items);
          cursor = page.nextCursor;
        } while (cursor !== null);
        expect(seen).toEqual(rows);
      }),
    );
  });
});

describe('mapPage', () => {
  it('shows each item another way, and leads on to the same page', () => {
    const page = toPage([1, 2, 3], 2, (item) => [String(item)]);
    expect(page.nextCursor).not.toBeNull();
    expect(mapPage(page, (item) => item * 10)).toEqual({ items: [10, 20], nextCursor: page.nextCursor });
  });
});

function toCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
