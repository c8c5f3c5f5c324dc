export const ORIENTATIONS = ['landscape', 'portrait', 'square'] as const;
export type Orientation = (typeof ORIENTATIONS)[number];

/** How a medium lies, by its size in pixels; null without one. */
export function orientationOf(width: number | null, height: number | null): Orientation | null {
  if (width === null || height === null) return null;
  if (width === height) return 'square';
  return width > height ? 'landscape' : 'portrait';
}

/** The same as a condition of SQL on columns `width` and `height` of `medium`. */
export const ORIENTATION_SQL: Readonly<Record<Orientation, string>> = {
  landscape: 'medium.width > medium.height',
  portrait: 'medium.width < medium.height',
  square: 'medium.width = medium.height',
};
