import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { embedCode, type EmbeddedMedium } from './embed-code.js';

const link = { url: 'https://partners.example/r/fox', title: 'Top list' };
const banner: EmbeddedMedium = {
  kind: 'image',
  title: 'Fox',
  text: null,
  address: 'https://partners.example/b/fox',
  width: 300,
  height: 250,
};

/** What a browser reads of escaped text. */
const read = (html: string): string =>
  html.replaceAll(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name]!,
  );

describe('A04 the embed code', () => {
  it.each<[string, EmbeddedMedium | null, string]>([
    ['an image', banner, '<img src="https://partners.example/b/fox" alt="Fox" width="300" height="250">'],
    ['an image of unknown size', { ...banner, width: null, height: null }, '<img src="https://partners.example/b/fox" alt="Fox">'], // prettier-ignore
    [
      'a text',
      { ...banner, kind: 'text', text: '100 <free> spins', address: null },
      '100 &lt;free&gt; spins',
    ],
    ['a video', { ...banner, kind: 'video', address: 'https://cdn.example/f.mp4' }, '<video src="https://cdn.example/f.mp4" title="Fox" width="300" height="250" autoplay loop muted playsinline></video>'], // prettier-ignore
    ['no medium', null, 'Top list'],
  ])('puts %s inside the link', (_, medium, content) => {
    expect(embedCode(link, medium)).toBe(
      `<a href="https://partners.example/r/fox" rel="nofollow sponsored">${content}</a>`,
    );
  });

  it('frames an HTML banner and tells it the link', () => {
    const html = embedCode(link, {
      ...banner,
      kind: 'html',
      address: 'https://cdn.example/f?a=1&clickTag=x',
    });
    expect(html).toBe(
      '<iframe src="https://cdn.example/f?a=1&amp;clickTag=https%3A%2F%2Fpartners.example%2Fr%2Ffox" title="Fox" width="300" height="250"></iframe>',
    );
  });

  it('means exactly the title that it was given, whatever is in it', () => {
    const naughty = fc.constantFrom('"', "'", '<script>alert(1)</script>', '&quot;', '&', '-->', '" onload="x', '`', '</a>'); // prettier-ignore
    const titles = fc
      .array(fc.oneof(naughty, fc.string({ unit: 'grapheme' })))
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(titles, (title) => {
        const image = embedCode(link, { ...banner, title });
        const alt = /^<a href="[^"<>]*" rel="[^"<>]*"><img src="[^"<>]*" alt="([^"<>]*)" width="300" height="250"><\/a>$/.exec(image)?.[1]; // prettier-ignore
        expect(read(alt!)).toBe(title);
        const text = /^<a href="[^"<>]*" rel="[^"<>]*">([^"<>]*)<\/a>$/.exec(embedCode({ ...link, title }, null))?.[1]; // prettier-ignore
        expect(read(text!)).toBe(title);
      }),
    );
  });
});
