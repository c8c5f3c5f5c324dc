import { Injectable, type OnModuleInit } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline as connect, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Config } from '../config/config.js';
import { openStream, sealStream } from '../crypto/stream-seal.js';
import { fileStoreUnavailable } from './file-store.js';
import { asStoreFault, removeStaleIncoming } from './incoming-files.js';

const CHUNK_BYTES = 256 * 1024;

/** A content that lies on the disk for as long as it is needed. */
export interface Spooled {
  /** The content from its beginning; it fails at its end when the file was altered. */
  read(): Readable;
  /** Gives the disk space back; nothing must be read after that. */
  discard(): Promise<void>;
}

/**
 * Keeps contents that must be whole before anything looks into them, without taking memory for them. The file has no
 * name any more when the first byte is written, so that nothing stays of it when the process dies, and it is sealed
 * under a key that is in memory only, so that the disk's free space tells nothing either.
 */
@Injectable()
export class Spool implements OnModuleInit {
  private readonly folder: string;

  constructor(config: Config) {
    this.folder = join(config.dataDirectory, 'spool');
  }

  /** Removes empty files of processes that died between making one and taking its name away. */
  async onModuleInit(): Promise<void> {
    await removeStaleIncoming(this.folder);
  }

  /**
   * Takes the content in; whoever gets it must discard it. When the content fails, nothing stays.
   * @throws what the content fails with; DomainError FILE_STORE_UNAVAILABLE (503) when the disk cannot take it
   */
  async take(content: AsyncIterable<Buffer>): Promise<Spooled> {
    const file = await this.namelessFile();
    const seal = sealStream();
    try {
      await pipeline(content, seal.encrypt, (sealed: AsyncIterable<Buffer>) => file.writeFile(sealed));
    } catch (error) {
      await file.close();
      throw asStoreFault(error);
    }
    return {
      read: () => {
        const plain = openStream(seal.key());
        // An error of the file becomes one of the stream that is read.
        connect(chunksOf(file), plain, () => undefined);
        return plain;
      },
      discard: () => file.close(),
    };
  }

  private async namelessFile(): Promise<FileHandle> {
    try {
      await mkdir(this.folder, { recursive: true, mode: 0o700 });
      const path = join(this.folder, randomUUID());
      const file = await open(path, 'wx+', 0o600);
      await rm(path);
      return file;
    } catch (error) {
      throw fileStoreUnavailable(error);
    }
  }
}

/** Not by the streams of file handles: those that do not close the file keep it from being closed. */
async function* chunksOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
