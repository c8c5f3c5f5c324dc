import type { Clock, Tx } from '../../platform/index.js';

/** What is taken over under an old name. */
export type ImportedKind =
  'partner' | 'campaign' | 'archived_campaign' | 'link' | 'sub_affiliate' | 'player' | 'balance';

/** What an old name stands for. */
export interface ImportedObject {
  readonly id: string;
  readonly rowHash: string;
}

/** Keeps what came from another program, by its names there: what makes a second run change nothing. */
export class ImportBook {
  constructor(
    private readonly source: string,
    private readonly clock: Clock,
  ) {}

  /** The id here of what has that name there, or null. */
  async findId(tx: Tx, kind: ImportedKind, name: string): Promise<string | null> {
    return (await this.find(tx, kind, [name])).get(name)?.id ?? null;
  }

  /** What the names stand for, as far as they have been taken over. */
  async find(tx: Tx, kind: ImportedKind, names: readonly string[]): Promise<Map<string, ImportedObject>> {
    const rows = await tx.query<(ImportedObject & { name: string })[]>(
      `SELECT external_id AS name, object_id AS id, row_hash AS "rowHash" FROM imported_objects
        WHERE source = $1 AND kind = $2 AND external_id = ANY ($3)`,
      [this.source, kind, names],
    );
    return new Map(rows.map(({ name, ...object }) => [name, object]));
  }

  /** Keeps what names stand for that were not taken over before. */
  async add(
    tx: Tx,
    kind: ImportedKind,
    objects: readonly (ImportedObject & { readonly name: string })[],
  ): Promise<void> {
    await tx.query(
      `INSERT INTO imported_objects (source, kind, external_id, object_id, row_hash, imported_at)
       SELECT $1, $2, name, id, row_hash, $3 FROM unnest($4::text[], $5::uuid[], $6::text[]) AS made (name, id, row_hash)`,
      [
        this.source,
        kind,
        this.clock.now(),
        objects.map(({ name }) => name),
        objects.map(({ id }) => id),
        objects.map(({ rowHash }) => rowHash),
      ],
    );
  }
}
