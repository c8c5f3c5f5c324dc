import { expect, it } from 'vitest';
import { readConfig } from '../config/config.js';
import { Metrics } from '../observability/metrics.js';
import { Clock } from '../time/clock.js';
import { RateLimits } from './rate-limits.js';

class StillClock extends Clock {
  override now(): Date {
    return new Date('2026-11-02T09:00:00Z');
  }
}

function limitsWith(setting: string): { limits: RateLimits; metrics: Metrics } {
  const metrics = new Metrics();
  return { limits: new RateLimits(readConfig({ RATE_LIMITS: setting }), new StillClock(), metrics), metrics };
}

it('counts each of whom it is asked for apart, and tells how many were refused', async () => {
  const { limits, metrics } = limitsWith('read=1/60');
  limits.take('read', 'user', 'ann');
  limits.take('read', 'user', 'ben');
  limits.take('read', 'token', 'ann');
  limits.take('write', 'user', 'ann');
  expect(() => limits.take('read', 'user', 'ann')).toThrow(
    expect.objectContaining({ code: 'TOO_MANY_REQUESTS', details: { retryAfterSeconds: 60 } }),
  );
  expect(await metrics.registry.getSingleMetricAsString('tributary_rate_limited_total')).toContain(
    '{limit="read"} 1',
  );
});

it('stays small under a flood of addresses, which pushes nothing out of what is counted by user', () => {
  const { limits } = limitsWith('read=1/60');
  limits.take('read', 'user', 'ann');
  for (let i = 0; i < 200_000; i += 1)
    limits.take('read', 'address', `2001:db8:${i >> 16}:${i & 65_535}::/64`);
  expect(limits.size).toBe(20_001);
  expect(() => limits.take('read', 'user', 'ann')).toThrow('Too many requests');
  // The latest of the flood are still counted.
  expect(() => limits.take('read', 'address', `2001:db8:3:${199_999 & 65_535}::/64`)).toThrow(
    'Too many requests',
  );
});
