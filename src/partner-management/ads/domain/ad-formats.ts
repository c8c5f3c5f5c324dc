import type { FieldError } from '../../../platform/errors/domain-error.js';
import type { FileMediaType } from '../../../platform/files/file-format.js';

/** Texts and numbers that an ad may carry; which of them, its format says. */
export interface AdFields {
  /** Seconds until an interstitial can be closed. */
  closeAfterSeconds?: number | null;
  /** Where a video lies that was not uploaded. */
  videoUrl?: string | null;
  durationSeconds?: number | null;
  /** Seconds until a video can be skipped; without it, it cannot. */
  skipAfterSeconds?: number | null;
  title?: string | null;
  text?: string | null;
  callToAction?: string | null;
}

/** Uploaded files that an ad may carry, by their ids. */
export interface AdFileIds {
  imageId?: string | null;
  iconId?: string | null;
  videoId?: string | null;
}

/** What viewers see of an ad; null and absent are the same. */
export type Creative = AdFields & AdFileIds;

type CreativeField = keyof Creative;

interface Format {
  readonly required: readonly CreativeField[];
  readonly optional: readonly CreativeField[];
  /** Fields of which the ad has exactly one. */
  readonly either: readonly CreativeField[];
}

/** The one table of formats: what an ad of each has (O06). Every ad has a name and a click URL besides. */
export const FORMATS = {
  banner: { required: ['imageId'], optional: [], either: [] },
  interstitial: { required: ['imageId', 'closeAfterSeconds'], optional: [], either: [] },
  video: { required: ['durationSeconds'], optional: ['skipAfterSeconds'], either: ['videoId', 'videoUrl'] },
  native: { required: ['title', 'text', 'callToAction', 'iconId', 'imageId'], optional: [], either: [] },
} as const satisfies Record<string, Format>;

export type AdFormat = keyof typeof FORMATS;

/** Every format's name. */
export const AD_FORMATS = Object.keys(FORMATS) as AdFormat[];

/** Fields that hold texts and numbers. */
export const PLAIN_FIELDS = [
  'closeAfterSeconds',
  'videoUrl',
  'durationSeconds',
  'skipAfterSeconds',
  'title',
  'text',
  'callToAction',
] as const satisfies (keyof AdFields)[];

/** Fields that hold the id of an uploaded file, and what such a file is. */
export const FILE_FIELDS = { imageId: 'image', iconId: 'image', videoId: 'video' } as const satisfies Record<
  keyof AdFileIds,
  'image' | 'video'
>;

const CREATIVE_FIELDS: readonly CreativeField[] = [
  ...PLAIN_FIELDS,
  ...(Object.keys(FILE_FIELDS) as (keyof AdFileIds)[]),
];

/** Media types of videos that may be uploaded: those that browsers play. */
export const VIDEO_MEDIA_TYPES = ['video/mp4', 'video/webm'] as const satisfies FileMediaType[];

/** What each format has, in a sentence for the API's documentation. */
export const FORMATS_IN_WORDS = AD_FORMATS.map((format) => {
  const { required, optional, either }: Format = FORMATS[format];
  const parts = [...required, ...optional.map((field) => `${field} (optional)`)];
  if (either.length > 0) parts.push(either.join(' or '));
  return `\`${format}\`: ${parts.join(', ')}`;
}).join('; ');

/**
 * What is wrong with the fields of an ad of the format: ones of other formats, missing ones, and a video that could be
 * skipped only after its end. What each field's value must look like is checked before.
 */
export function creativeFaults(format: AdFormat, creative: Creative): FieldError[] {
  const { required, optional, either }: Format = FORMATS[format];
  const given = CREATIVE_FIELDS.filter((field) => (creative[field] ?? null) !== null);
  const known = [...required, ...optional, ...either];
  const faults = [
    ...given
      .filter((field) => !known.includes(field))
      .map((path) => ({ path, message: `is not a field of the format ${format}` })),
    ...required
      .filter((field) => !given.includes(field))
      .map((path) => ({ path, message: `is needed by the format ${format}` })),
  ];
  if (either.length > 0 && given.filter((field) => either.includes(field)).length !== 1) {
    faults.push({ path: either[0]!, message: `give exactly one of ${either.join(' and ')}` });
  }
  const { skipAfterSeconds, durationSeconds } = creative;
  if ((skipAfterSeconds ?? 0) > (durationSeconds ?? Infinity)) {
    faults.push({
      path: 'skipAfterSeconds',
      message: 'must not be longer than the video: leave it out if the video cannot be skipped',
    });
  }
  return faults;
}

/**
 * The creative with what a change gives: what it leaves out stays, null clears.
 * @param given may hold other fields, which are left alone
 */
export function changedCreative(before: Creative, given: Creative): Creative {
  return Object.fromEntries(
    CREATIVE_FIELDS.map((field) => [field, given[field] === undefined ? before[field] : given[field]]).filter(
      ([, value]) => (value ?? null) !== null,
    ),
  ) as Creative;
}
