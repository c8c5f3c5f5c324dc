import anyAscii from 'any-ascii';

/** A short lower-case ASCII name for addresses: `"Lucky Fox & Söhne"` becomes `lucky-fox-sohne`, `"日本"` `riben`. */
export function slugOf(name: string): string {
  const slug = anyAscii(name)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, '');
  return slug === '' ? 'brand' : slug;
}
