/** A tag: words without commas, which part tags from one another in uploads. */
export const TAG = /^[^\s,](?:[^,\p{Cc}]*[^\s,])?$/u;

/** Tags as they are kept: in lower case, each once, in the order they were given. */
export function tagsOf(given: readonly string[]): string[] {
  return [...new Set(given.map((tag) => tag.normalize('NFC').toLowerCase()))];
}
