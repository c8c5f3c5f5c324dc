import { Injectable } from '@nestjs/common';
import { Landings } from '../../brands/index.js';
import { invalidField, type Tx } from '../../platform/index.js';
import type { Offer } from './offer-rows.js';

/** The landings that links of offers lead to: pages of the brand for players (T04). */
@Injectable()
export class OfferLandings {
  constructor(private readonly landings: Landings) {}

  /**
   * Refuses a landing that creators' links could not lead to: another brand's, one for other visitors than players, or
   * one that is switched off.
   * @throws DomainError VALIDATION_FAILED (422)
   */
  async assertOffered(tx: Tx, brandId: string, landingId: string): Promise<void> {
    const refused = (message: string): Error => invalidField('landingId', message);
    const landing = await this.landings.find(tx, landingId);
    if (landing?.brandId !== brandId) throw refused('the brand has no such landing');
    if (landing.audience !== 'players') throw refused('this landing is not for players');
    if (!landing.active) throw refused('this landing is no longer offered');
  }

  /**
   * Where the links of an offer lead that is about to open: to the landing that it names, or to the brand's first one.
   * @throws DomainError VALIDATION_FAILED (422) where that is no longer offered, or there is none
   */
  async settle(tx: Tx, { brandId, landingId }: Pick<Offer, 'brandId' | 'landingId'>): Promise<string> {
    if (landingId !== null) {
      await this.assertOffered(tx, brandId, landingId);
      return landingId;
    }
    const { items } = await this.landings.list(tx, { brandId, audience: 'players', offered: true, limit: 1 });
    if (items[0]) return items[0].id;
    throw invalidField('landingId', 'the brand has no landing yet that links could lead to');
  }
}
