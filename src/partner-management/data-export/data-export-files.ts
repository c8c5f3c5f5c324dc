import { Injectable } from '@nestjs/common';
import { pipeline, type Readable } from 'node:stream';
import { FileStore, openStream, sealStream, SecretBox, StoredFiles, type Tx } from '../../platform/index.js';

/** Which try of which copy wrote a file. */
export interface ExportFile {
  id: string;
  partnerId: string;
  attempt: number;
}

/** A copy's file that is stored, and what opens it. */
export interface StoredExport {
  sealedKey: string;
  sizeBytes: number;
}

/** The files of data exports: each encrypted under a key of its own, which is kept sealed in the database. */
@Injectable()
export class DataExportFiles {
  constructor(
    private readonly storedFiles: StoredFiles,
    private readonly store: FileStore,
    private readonly secretBox: SecretBox,
  ) {}

  /** Stores the content; it stays only when it is kept. @throws what the content fails with */
  async put(file: ExportFile, content: Readable): Promise<StoredExport> {
    const seal = sealStream();
    // Whichever of the two fails takes the other one with it; the store tells of it.
    const encrypted = pipeline(content, seal.encrypt, () => undefined);
    const { sizeBytes } = await this.storedFiles.put(keyOf(file), encrypted);
    return { sealedKey: this.secretBox.seal(seal.key(), contextOf(file)), sizeBytes };
  }

  /** Keeps the file, with the row that refers to it. */
  keep(tx: Tx, file: ExportFile): Promise<void> {
    return this.storedFiles.keep(tx, keyOf(file));
  }

  /** Deletes a file that was not kept. */
  giveUp(file: ExportFile): Promise<void> {
    return this.storedFiles.giveUp(keyOf(file));
  }

  /** Opens a stored file; the stream fails at its end when the file was altered. @throws DomainError NOT_FOUND */
  async open(file: ExportFile, sealedKey: string): Promise<Readable> {
    const opening = openStream(this.secretBox.open(sealedKey, contextOf(file)));
    return pipeline(await this.store.open(keyOf(file)), opening, () => undefined);
  }

  /** Ends copies that are ready and gives their files up: those of a partner, or all that have expired by then. */
  async expire(tx: Tx, which: { partnerId: string } | { by: Date }): Promise<void> {
    const [condition, value] =
      'by' in which ? ['expires_at <= $1', which.by] : ['partner_id = $1', which.partnerId];
    const [expired] = await tx.query<[ExportFile[], number]>(
      `UPDATE data_exports SET state = 'expired', sealed_key = NULL WHERE state = 'ready' AND ${condition}
       RETURNING id, partner_id AS "partnerId", attempts AS attempt`,
      [value],
    );
    for (const file of expired) await this.storedFiles.discard(tx, keyOf(file));
  }
}

function keyOf({ id, partnerId, attempt }: ExportFile): string {
  return `data-exports/${partnerId}/${id}-${attempt}`;
}

function contextOf({ id }: ExportFile): string {
  return `data_exports:${id}`;
}
