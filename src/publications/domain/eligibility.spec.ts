import { describe, expect, it } from 'vitest';
import { assessCreator } from './eligibility.js';

const ANYBODY = { countries: [], platforms: [] };
const account = (id: string, platform: string, state = 'verified') => ({ id, platform, state });
const ANN = { country: 'DE', accounts: [account('i', 'instagram'), account('y', 'youtube')] };

describe('T04 who may take part in an offer', () => {
  it('creators with a verified social account, of the countries and on the platforms that it names', () => {
    expect(assessCreator(ANYBODY, ANN).account?.id).toBe('i');
    expect(assessCreator({ countries: ['DE'], platforms: ['youtube'] }, ANN).account?.id).toBe('y');
    expect(assessCreator(ANYBODY, ANN, 'y').account?.id).toBe('y');
  });

  it('others are told every reason', () => {
    const reasonsOf = (...given: Parameters<typeof assessCreator>) =>
      assessCreator(...given).reasons.map(({ path, message }) => `${path} ${message}`);
    const waiting = { country: null, accounts: [account('i', 'instagram', 'pending')] };
    expect(reasonsOf({ countries: ['FR', 'IT'], platforms: [] }, waiting)).toEqual([
      'country the offer is for creators of FR, IT',
      'socialAccountId none of your social accounts is verified yet',
    ]);
    expect(reasonsOf({ countries: [], platforms: ['tiktok'] }, ANN)).toEqual([
      'socialAccountId the offer is for tiktok',
    ]);
    expect(reasonsOf({ countries: [], platforms: ['youtube'] }, ANN, 'i')).toHaveLength(1);
    expect(reasonsOf(ANYBODY, ANN, 'x')).toEqual([
      'socialAccountId you have no such verified social account',
    ]);
  });
});
