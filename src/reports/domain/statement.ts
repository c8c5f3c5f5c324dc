/** A statement with its parameters. */
export interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Collects the parameters of a statement: each is given its placeholder when it is first named. */
export class Placeholders {
  readonly values: unknown[] = [];
  private readonly named = new Map<string, string>();

  /** Placeholder of a value, with its SQL type. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }

  /** The same for a value that is named again and again. */
  once(name: string, value: unknown, type: string): string {
    const known = this.named.get(name);
    if (known !== undefined) return known;
    const placeholder = this.add(value, type);
    this.named.set(name, placeholder);
    return placeholder;
  }
}
