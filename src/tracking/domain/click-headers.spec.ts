import { describe, expect, it } from 'vitest';
import { readClickHeaders } from './click-headers.js';

describe('readClickHeaders', () => {
  it('finds the headers whatever their case, among others', () => {
    const raw = ['Host', 'x', 'USER-AGENT', 'Browser/1', 'referer', 'https://a.example/', 'Accept', '*/*'];
    expect(readClickHeaders(raw, null)).toEqual({
      userAgent: 'Browser/1',
      referer: 'https://a.example/',
      forwardedFor: undefined,
      country: null,
    });
  });

  it('takes the first of a repeated header, and all of X-Forwarded-For', () => {
    const raw = [
      'User-Agent',
      'first',
      'X-Forwarded-For',
      'a, b',
      'User-Agent',
      'second',
      'x-forwarded-for',
      'c',
    ];
    expect(readClickHeaders(raw, null)).toMatchObject({ userAgent: 'first', forwardedFor: 'a, b,c' });
  });

  it('cuts what is too long', () => {
    expect(readClickHeaders(['user-agent', 'x'.repeat(5_000)], null).userAgent).toHaveLength(1_024);
  });

  it('is not misled by names of the same length', () => {
    expect(readClickHeaders(['connection', 'close', 'upgrade', 'h2c'], 'x-countries')).toEqual({
      userAgent: null,
      referer: null,
      forwardedFor: undefined,
      country: null,
    });
  });

  it('reads the country from the header that is named, the first of several', () => {
    const raw = ['CF-IPCountry', 'DE', 'cf-ipcountry', 'FR', 'x-geo-place', 'IE', 'Referer', 'r'];
    expect(readClickHeaders(raw, 'cf-ipcountry').country).toBe('DE');
    expect(readClickHeaders(raw, 'x-geo-place').country).toBe('IE');
    expect(readClickHeaders(raw, 'referer')).toMatchObject({ country: 'r', referer: 'r' });
    expect(readClickHeaders(raw, null).country).toBeNull();
  });
});
