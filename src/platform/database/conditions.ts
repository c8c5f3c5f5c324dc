/** Conditions of a query that hold together, with their values. */
export class Conditions {
  readonly parameters: unknown[] = [];
  private readonly all = ['true'];

  /** Adds a condition with a `?` for each value, unless a value is missing. */
  add(condition: string, ...values: unknown[]): void {
    if (values.some((value) => value === undefined || value === null)) return;
    let place = this.parameters.length;
    this.parameters.push(...values);
    this.all.push(condition.replaceAll('?', () => `$${(place += 1)}`));
  }

  get sql(): string {
    return this.all.join(' AND ');
  }
}
