import { describe, expect, it } from 'vitest';
import { httpUrlFault } from './http-url.js';

describe('httpUrlFault', () => {
  it.each([
    'https://brand.example/welcome?lang=de#top',
    'HTTP://brand.example',
    'http://127.0.0.1:8080/landing',
    'https://bücher.example/ä',
  ])('accepts %s', (url) => {
    expect(httpUrlFault(url)).toBeNull();
  });

  it.each([
    'brand.example',
    '//brand.example',
    'ftp://brand.example/file',
    'javascript:alert(1)',
    'https:brand.example',
    'https:///brand.example',
    'https://',
    'https://a b.example',
    'https://brand.example/\r\nSet-Cookie: a=b',
    'https://brand.example\\@evil.example',
    'https://user:secret@brand.example',
    'https://user@brand.example',
    `https://brand.example/${'a'.repeat(2_000)}`,
  ])('refuses %s', (url) => {
    expect(httpUrlFault(url)).toBeTypeOf('string');
  });
});
