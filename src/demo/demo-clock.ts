import { Clock } from '../platform/index.js';

/** A clock that is set while history is played. */
export class DemoClock extends Clock {
  constructor(private at: Date) {
    super();
  }

  override now(): Date {
    return new Date(this.at);
  }

  set(at: Date): void {
    this.at = at;
  }
}
