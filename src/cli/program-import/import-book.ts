import type { Clock, Tx } from '../../platform/index.js';

/** What is taken over under an old name. */
export type ImportedKind =
  'partner' | 'campaign' | 'archived_campaign' | 'link' | 'sub_affiliate' | 'balance';

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

  async add(tx: Tx, kind: ImportedKind, name: string, { id, rowHash }: ImportedObject): Promise<void> {
    await tx.query(
      `INSERT INTO imported_objects (source, kind, external_id, object_id, row_hash, imported_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [this.source, kind, name, id, rowHash, this.clock.now()],
    );
  }
}
