import { describe, expect, it } from 'vitest';
import { nameKeyOf, websiteKeyOf } from './brand-key.js';

describe('T02 suggestions of the same brand', () => {
  it.each([
    ['Söhne & Co.', 'sohneco'],
    ['  SOHNE  co', 'sohneco'],
    ['Ｆｏｘ-2', 'fox2'],
    ['Лиса', 'лиса'],
    [' !? ', '!?'],
  ])('have a name alike: %j', (name, key) => {
    expect(nameKeyOf(name)).toBe(key);
  });

  it.each([
    ['https://www.Fox.example', 'fox.example'],
    ['http://fox.example./?utm_source=a#top', 'fox.example'],
    ['https://fox.example:8443/', 'fox.example:8443'],
    ['https://fox.example.:8443/', 'fox.example:8443'],
    ['https://föx.example/De/', 'xn--fx-fka.example/De'],
    ['https://wwwfox.example', 'wwwfox.example'],
  ])('have a website alike: %s', (website, key) => {
    expect(websiteKeyOf(website)).toBe(key);
  });
});
