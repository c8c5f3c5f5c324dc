import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/**
 * A ZIP of some files, written while they are read, one after the other.
 * @param files by their names; opened when it is their turn
 */
export function zipStream(files: Readonly<Record<string, () => Readable>>): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: Error): void => void output.destroy(error);
  zip.on('error', fail);
  for (const [name, open] of Object.entries(files)) {
    zip.addReadStreamLazy(name, (answer) => {
      const content = open();
      // Faults of what goes in come out at the archive, or it would never end.
      content.once('error', fail);
      output.once('close', () => content.destroy());
      answer(null, content as NodeJS.ReadableStream & Readable);
    });
  }
  zip.end();
  return output;
}
