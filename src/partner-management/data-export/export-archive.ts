import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { RoomPersonalData } from '../../identity/index.js';
import type { Tx } from '../../platform/index.js';

/** Whose copy it is, and of when. */
export interface CopyOf {
  partnerId: string;
  madeAt: Date;
}

/**
 * A ZIP with one JSON file for each kind of data, the files that rooms keep, and `about.json`, which tells what is in
 * it and what is not, and why. It reads on as fast as it is read; its length does not matter.
 */
export async function exportArchive(
  tx: Tx,
  rooms: readonly RoomPersonalData[],
  copy: CopyOf,
): Promise<Readable> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  // Faults of what goes in come out at the archive, or it would never end.
  zip.on('error', (error: Error) => output.destroy(error));
  const add = (path: string, open: () => Promise<Readable>): void => {
    zip.addReadStreamLazy(path, { mtime: copy.madeAt }, (answer) => {
      open().then(
        (content) => {
          content.once('error', (error) => output.destroy(error));
          answer(null, content as NodeJS.ReadableStream & Readable);
        },
        (error: Error) => output.destroy(error),
      );
    });
  };
  zip.addBuffer(Buffer.from(about(rooms, copy)), 'about.json', { mtime: copy.madeAt });
  for (const room of rooms) {
    for (const [name, rows] of Object.entries(room.files)) {
      add(`${name}.json`, () => Promise.resolve(Readable.from(jsonArray(rows(tx, copy.partnerId)))));
    }
  }
  for (const room of rooms) {
    if (!room.attachments) continue;
    for await (const file of room.attachments(tx, copy.partnerId)) add(file.path, () => file.open());
  }
  zip.end();
  return output;
}

/** Rows as the text of a JSON array, one a line, in pieces worth writing. */
async function* jsonArray(rows: AsyncIterable<object>): AsyncGenerator<string> {
  const PIECE = 64 * 1024;
  let piece = '[';
  let separator = '\n';
  for await (const row of rows) {
    piece += separator + JSON.stringify(row);
    separator = ',\n';
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\n]\n`;
}

function about(rooms: readonly RoomPersonalData[], { partnerId, madeAt }: CopyOf): string {
  const tables = rooms.flatMap((room) => room.tables);
  const leftOut = tables.flatMap(({ table, file, because }) =>
    file === null ? [{ what: table, because }] : [],
  );
  return JSON.stringify(
    { partnerId, madeAt, files: rooms.flatMap(({ files }) => Object.keys(files)), leftOut },
    null,
    2,
  );
}
