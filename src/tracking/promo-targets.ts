import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DataSource } from 'typeorm';
import { type PromoTarget, TrackingLinks } from '../campaigns/index.js';
import { ownerFields } from './copy-visits.js';
import { locationTemplate } from './domain/redirect-target.js';
import type { ClickTarget } from './visit.js';

const MAX_KNOWN = 50_000;
const MAX_UNKNOWN = 10_000;
/** Changes are told at once; this only bounds what a silently broken connection could hide. */
const KNOWN_TTL_MS = 60_000;
const UNKNOWN_TTL_MS = 5_000;
const TTL_RESOLUTION_MS = 1_000;
/** How long a visitor waits for a look-up of the promo. */
const LOOKUP_MS = 4_000;

/** Promos by their codes, kept in a bounded memory; changes drop them (`PromoListener`). */
@Injectable()
export class PromoTargets {
  private readonly known = new LRUCache<string, ClickTarget>({
    max: MAX_KNOWN,
    ttl: KNOWN_TTL_MS,
    ttlResolution: TTL_RESOLUTION_MS,
  });
  private readonly unknown = new LRUCache<string, true>({
    max: MAX_UNKNOWN,
    ttl: UNKNOWN_TTL_MS,
    ttlResolution: TTL_RESOLUTION_MS,
  });
  private readonly loading = new Map<string, Promise<ClickTarget | null>>();
  /** Counts the changes: what was read before one of them is not kept after it. */
  private changes = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly links: TrackingLinks,
  ) {}

  /** The promo if it is in memory, null if it is known not to exist, undefined if it has to be looked up. */
  peek(code: string): ClickTarget | null | undefined {
    const target = this.known.get(code);
    if (target !== undefined) return target;
    return this.unknown.has(code) ? null : undefined;
  }

  /** Requests for one code at once share one look. */
  private find(code: string): Promise<ClickTarget | null> {
    const running = this.loading.get(code);
    if (running) return running;
    const started = this.load(code).finally(() => {
      if (this.loading.get(code) === started) this.loading.delete(code);
    });
    this.loading.set(code, started);
    return started;
  }

  /** Looks the promo up in the database for a visitor who waits: rejects when the database does not answer in time. */
  async findInTime(code: string): Promise<ClickTarget | null> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The database did not answer in time')), LOOKUP_MS);
    });
    try {
      return await Promise.race([this.find(code), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Forgets one promo, or all of them. */
  forget(code?: string): void {
    this.changes += 1;
    if (code === undefined) {
      this.known.clear();
      this.unknown.clear();
      this.loading.clear();
    } else {
      this.known.delete(code);
      this.unknown.delete(code);
      this.loading.delete(code);
    }
  }

  private async load(code: string): Promise<ClickTarget | null> {
    const changesBefore = this.changes;
    const promo = await this.links.find(this.dataSource, code);
    const target = promo && toClickTarget(promo, code);
    if (changesBefore === this.changes) {
      if (target) this.known.set(code, target);
      else this.unknown.set(code, true);
    }
    return target;
  }
}

function toClickTarget(promo: PromoTarget, code: string): ClickTarget {
  const { landingUrl, tagParameter, rotation, allowedHosts, audience, promoId, bannerPath } = promo;
  const ref = audience === 'sub_affiliates' ? code : null;
  return {
    location: locationTemplate(landingUrl, tagParameter, ref),
    rotation:
      rotation.length === 0
        ? null
        : rotation.map(({ landingUrl: url, ...conditions }) => ({
            ...conditions,
            location: locationTemplate(url, tagParameter, ref),
          })),
    // Who is to join the program as a partner has no business on the brand's pages.
    deepLinks:
      allowedHosts.length > 0 && audience === 'players' ? { hosts: allowedHosts, tagParameter } : null,
    banner: bannerPath === null ? null : { promoId, path: bannerPath },
    owner: ownerFields(promo),
  };
}
