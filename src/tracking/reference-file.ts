import { readFile, stat } from 'node:fs/promises';

/** A file that the operator provides and replaces from time to time. */
export class ReferenceFile<T> {
  private version = '';
  private read: T | null = null;

  /** @param parse makes of the file's bytes what is asked of it; throws when they are not of its form */
  constructor(
    private readonly path: string,
    private readonly parse: (bytes: Buffer) => T,
  ) {}

  /** What the file held when it was read last; null before. */
  get content(): T | null {
    return this.read;
  }

  /**
   * Reads the file if it was not read yet or was replaced since. What was read before stays when that fails.
   * @throws Error that names the file
   */
  async refresh(): Promise<void> {
    try {
      const { mtimeMs, size } = await stat(this.path);
      const version = `${mtimeMs} ${size}`;
      if (version === this.version) return;
      this.read = this.parse(await readFile(this.path));
      this.version = version;
    } catch (error) {
      throw new Error(`${this.path} is not usable: ${(error as Error).message}`, { cause: error });
    }
  }
}
