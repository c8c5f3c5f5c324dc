import { afterEach, describe, expect, it, vi } from 'vitest';
import { validationPipe } from '../../platform/index.js';
import { PayoutCandidatesQuery, toPayoutFilter } from './payout-requests.dto.js';

/** What the filter makes of the field. */
async function timeOf(requestedBefore: unknown): Promise<Date | undefined> {
  const asked = { paymentMethodType: 'paypal', currency: 'EUR', requestedBefore };
  const query: unknown = await validationPipe().transform(asked, {
    type: 'query',
    metatype: PayoutCandidatesQuery,
  });
  return toPayoutFilter(query as PayoutCandidatesQuery).requestedBefore;
}

describe('B09 the time before which cash-outs were requested', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['2026-11-12', '2026-11-12T00:00:00.000Z'],
    ['2026-11-12T01:30:00+02:00', '2026-11-11T23:30:00.000Z'],
    ['2026-11-12T01:30:00', '2026-11-12T01:30:00.000Z'],
  ])('%s is %s, wherever the program runs', async (text, time) => {
    vi.stubEnv('TZ', 'America/New_York');
    expect((await timeOf(text))?.toISOString()).toBe(time);
  });

  it('may be left out', async () => {
    expect(await timeOf(undefined)).toBeUndefined();
  });

  it.each(['12', 12, '11/12/2026', '2026-11-31', ''])('is not %j', async (text) => {
    await expect(timeOf(text)).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});
