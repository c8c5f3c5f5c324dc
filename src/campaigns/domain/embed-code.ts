/** What stands between the link's tags. */
export interface EmbeddedMedium {
  kind: 'image' | 'html' | 'video' | 'text';
  /** An image's alternative text. */
  title: string;
  /** Of a text link; null for the others. */
  text: string | null;
  /** Where a page fetches it from; null for a text link. */
  address: string | null;
  /** Pixels; null when not known. */
  width: number | null;
  height: number | null;
}

/**
 * HTML that shows a promo on anybody's page: the medium inside the link, or the link's title where there is no medium.
 * An HTML banner makes links itself: it is framed and told the link as `clickTag`. Everything is escaped.
 * @param link address, and the promo's title
 */
export function embedCode(link: { url: string; title: string }, medium: EmbeddedMedium | null): string {
  const linked = (content: string): string =>
    `<a href="${escaped(link.url)}" rel="nofollow sponsored">${content}</a>`;
  switch (medium?.kind) {
    case undefined:
      return linked(escaped(link.title));
    case 'text':
      return linked(escaped(medium.text!));
    case 'image':
      return linked(
        `<img src="${escaped(medium.address!)}" alt="${escaped(medium.title)}"${sizeOf(medium)}>`,
      );
    case 'video':
      return linked(
        `<video src="${escaped(medium.address!)}" title="${escaped(medium.title)}"${sizeOf(medium)} autoplay loop muted playsinline></video>`,
      );
    case 'html':
      return `<iframe src="${escaped(withClickTag(medium.address!, link.url))}" title="${escaped(medium.title)}"${sizeOf(medium)}></iframe>`;
  }
}

function sizeOf({ width, height }: EmbeddedMedium): string {
  return (width === null ? '' : ` width="${width}"`) + (height === null ? '' : ` height="${height}"`);
}

function withClickTag(address: string, url: string): string {
  const banner = new URL(address);
  banner.searchParams.set('clickTag', url);
  return banner.href;
}

const SPECIAL: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for HTML, also between quotes. */
function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (special) => SPECIAL[special]!);
}
