import type { FieldError, Tx } from '../../platform/index.js';
import { invalidCreative } from './ads.errors.js';
import {
  type AdFileIds,
  type AdFormat,
  type Creative,
  creativeFaults,
  FILE_FIELDS,
} from './domain/ad-formats.js';

/**
 * Checks that the creative has what its format needs, and that its files are the partner's and of the right sort.
 * @throws DomainError INVALID_CREATIVE (422)
 */
export async function assertCreative(
  tx: Tx,
  partnerId: string,
  format: AdFormat,
  creative: Creative,
): Promise<void> {
  const faults = creativeFaults(format, creative);
  if (faults.length === 0) faults.push(...(await fileFaults(tx, partnerId, creative)));
  if (faults.length > 0) throw invalidCreative(faults);
}

/** What is wrong with the files; they cannot be deleted any more until the transaction ends. */
async function fileFaults(tx: Tx, partnerId: string, creative: Creative): Promise<FieldError[]> {
  const fields = (Object.keys(FILE_FIELDS) as (keyof AdFileIds)[]).filter((field) => creative[field]);
  const files = await tx.query<{ id: string; mediaType: string }[]>(
    `SELECT id, media_type AS "mediaType" FROM ad_files WHERE partner_id = $1 AND id = ANY ($2) ORDER BY id
        FOR KEY SHARE`,
    [partnerId, fields.map((field) => creative[field])],
  );
  return fields.flatMap((path) => {
    const file = files.find(({ id }) => id === creative[path]);
    if (!file) return [{ path, message: 'is not a file that you have uploaded' }];
    const wanted = FILE_FIELDS[path];
    return file.mediaType.startsWith(`${wanted}/`)
      ? []
      : [{ path, message: `must be ${article(wanted)} ${wanted}` }];
  });
}

function article(thing: 'image' | 'video'): string {
  return thing === 'image' ? 'an' : 'a';
}
