import { imageSize } from 'image-size';
import type { FileMediaType } from './file-format.js';

/** Formats of images that may be uploaded, with their media types. */
export const IMAGE_MEDIA_TYPES = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
} as const satisfies Record<string, FileMediaType>;

export type ImageFormat = keyof typeof IMAGE_MEDIA_TYPES;
export type ImageMediaType = (typeof IMAGE_MEDIA_TYPES)[ImageFormat];

/** Every format's name. */
export const IMAGE_FORMATS = Object.keys(IMAGE_MEDIA_TYPES) as ImageFormat[];

/** Bytes of an image's beginning in which its size must stand: JPEGs have previews and profiles before it. */
export const SIZE_WITHIN_BYTES = 512 * 1024;

/** No image to show is larger; a browser that unpacks it takes four bytes a pixel. */
const LONGEST_SIDE = 10_000;
const MOST_PIXELS = 25_000_000;

/** EXIF orientations that lie on their side; browsers turn them. */
const TURNED_FROM = 5;

export interface ImageSize {
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
}

/** The format that a media type is called by. */
export function formatOf(mediaType: ImageMediaType): ImageFormat {
  return IMAGE_FORMATS.find((format) => IMAGE_MEDIA_TYPES[format] === mediaType)!;
}

/**
 * Size of an image as a browser shows it.
 * @param head the image's first {@link SIZE_WITHIN_BYTES}
 * @returns the end of the sentence "file …" when it has none, or one that no image to show has
 */
export function sizeOf(head: Buffer): ImageSize | string {
  const size = readSize(head);
  if (!size || size.width < 1 || size.height < 1) return 'must have a width and a height';
  const { width, height } = size;
  if (width > LONGEST_SIDE || height > LONGEST_SIDE || width * height > MOST_PIXELS) {
    return `must have at most ${LONGEST_SIDE} pixels each way and ${MOST_PIXELS} in all, not ${width}x${height}`;
  }
  return size;
}

function readSize(head: Buffer): ImageSize | null {
  try {
    const { width, height, orientation = 1 } = imageSize(head);
    return orientation >= TURNED_FROM ? { width: height, height: width } : { width, height };
  } catch {
    return null;
  }
}
