import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refreshDecision, REUSE_GRACE_SECONDS } from './refresh-token.js';

const NOW = new Date('2026-11-02T09:00:00Z');
const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

describe('A23 refresh tokens (rule 10.3)', () => {
  it('are swapped while unused and in force', () => {
    expect(refreshDecision({ expiresAt: after(1), usedAt: null }, NOW)).toBe('swap');
  });

  it('are refused once expired', () => {
    expect(refreshDecision({ expiresAt: after(0), usedAt: null }, NOW)).toBe('refuse');
  });

  it('are swapped again within the grace, for an answer that was lost', () => {
    expect(refreshDecision({ expiresAt: after(60), usedAt: after(-10) }, NOW)).toBe('swap');
  });

  it('end the family when used again later, expired or not', () => {
    expect(refreshDecision({ expiresAt: after(60), usedAt: after(-10.001) }, NOW)).toBe('end');
    expect(refreshDecision({ expiresAt: after(-60), usedAt: after(-3600) }, NOW)).toBe('end');
  });

  it('never swap a token that was used longer ago than the grace', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1e9 }), (expiry, tooLateMs) => {
        const usedAt = new Date(NOW.getTime() - REUSE_GRACE_SECONDS * 1_000 - tooLateMs);
        expect(refreshDecision({ expiresAt: new Date(expiry * 1_000), usedAt }, NOW)).toBe('end');
      }),
    );
  });
});
