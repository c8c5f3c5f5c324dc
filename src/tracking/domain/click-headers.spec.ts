import { describe, expect, it } from 'vitest';
import { readClickHeaders } from './click-headers.js';

describe('readClickHeaders', () => {
  it('finds the headers whatever their case, among others', () => {
    const raw = ['Host', 'x', 'USER-AGENT', 'Browser/1', 'referer', 'https://a.example/', 'Accept', '*/*'];
    expect(readClickHeaders(raw)).toEqual({
      userAgent: 'Browser/1',
      referer: 'https://a.example/',
      forwardedFor: undefined,
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
    expect(readClickHeaders(raw)).toEqual({ userAgent: 'first', referer: null, forwardedFor: 'a, b,c' });
  });

  it('cuts what is too long', () => {
    expect(readClickHeaders(['user-agent', 'x'.repeat(5_000)]).userAgent).toHaveLength(1_024);
  });

  it('is not misled by names of the same length', () => {
    expect(readClickHeaders(['connection', 'close', 'upgrade', 'h2c'])).toEqual({
      userAgent: null,
      referer: null,
      forwardedFor: undefined,
    });
  });
});
