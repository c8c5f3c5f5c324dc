/** The program's only source of the present time; moved by an offset in development, set by hand in tests. */
export class Clock {
  constructor(private readonly offsetMs = 0) {}

  now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }
}
