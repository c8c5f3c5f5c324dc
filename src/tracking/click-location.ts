import { deepLink } from '../brands/index.js';
import { chooseTarget } from './domain/choose-target.js';
import { deviceOf } from './domain/device.js';
import { type LocationTemplate, locationTemplate } from './domain/redirect-target.js';
import type { TrackedQuery } from './domain/tracked-query.js';
import type { ClickTarget } from './visit.js';

/** Parameter of a tracking link that names the page of the brand to go to. */
const DEEP_LINK = 'url';

interface Click {
  query: TrackedQuery;
  userAgent: string | null;
  /** ISO 3166-1 alpha-2; null when it is not known. */
  country: string | null;
}

/**
 * Where a click goes: to the page that it names, when the brand allows its host; else to one of the landings that take
 * turns; else to the promo's landing.
 */
export function locationOf(target: ClickTarget, click: Click): LocationTemplate {
  const { deepLinks, rotation } = target;
  if (deepLinks !== null) {
    const wanted = click.query[DEEP_LINK];
    const page = wanted === undefined ? null : deepLink(wanted, deepLinks.hosts);
    if (page !== null) return locationTemplate(page, deepLinks.tagParameter);
  }
  if (rotation === null) return target.location;
  const visitor = { country: click.country, device: deviceOf(click.userAgent), random: Math.random() };
  return chooseTarget(rotation, visitor)?.location ?? target.location;
}
