import { Injectable } from '@nestjs/common';
import { isbot } from 'isbot';
import { LRUCache } from 'lru-cache';

const MAX_USER_AGENTS = 10_000;

/** Tells browsers from bots by what they call themselves, by the maintained list of `isbot`. */
@Injectable()
export class UserAgents {
  /** The list is a large expression, and few user agents make most requests. */
  private readonly bots = new LRUCache<string, boolean>({ max: MAX_USER_AGENTS });

  /** Browsers name themselves: who does not is taken for a bot. */
  isBot(userAgent: string | null): boolean {
    if (!userAgent) return true;
    let known = this.bots.get(userAgent);
    if (known === undefined) {
      known = isbot(userAgent);
      this.bots.set(userAgent, known);
    }
    return known;
  }
}
