import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Channels } from '../channels/channels.service.js';
import { Inviters } from '../inviters.js';
import { Entitlements } from '../packages/entitlements.service.js';
import type { PartnerAddOnDto, PartnerDetailContactDto, PartnerDetailDto } from '../partners.dto.js';
import { Partners } from '../partners.service.js';
import { SuspensionBook } from '../suspension-book.js';

/** Channels shown with a partner. */
const CHANNELS_IN_DETAIL = 200;

const CONTACTS = `
  SELECT u.id, u.name, u.email, u.phone, m.role FROM memberships m JOIN users u ON u.id = m.user_id
   WHERE m.partner_id = $1 AND u.blocked_at IS NULL ORDER BY m.role <> 'owner', m.id`;

const ADD_ONS = `
  SELECT g.add_on_id AS "addOnId", a.name, g.granted_at AS "grantedAt"
    FROM partner_add_ons g JOIN add_ons a ON a.id = g.add_on_id WHERE g.partner_id = $1 ORDER BY g.request_id`;

/** All that operators see of one partner (O08). */
@Injectable()
export class PartnerDetails {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partners: Partners,
    private readonly inviters: Inviters,
    private readonly suspensions: SuspensionBook,
    private readonly channels: Channels,
    private readonly entitlements: Entitlements,
  ) {}

  /** @throws DomainError NOT_FOUND */
  async get(partnerId: string): Promise<PartnerDetailDto> {
    const db = this.dataSource.manager;
    const partner = await this.partners.get(db, partnerId);
    const { items: channels } = await this.channels.list(db, partnerId, {
      state: 'all',
      limit: CHANNELS_IN_DETAIL,
    });
    return {
      ...partner,
      inviter: await this.inviters.find(db, partnerId),
      suspensions: await this.suspensions.list(db, partnerId),
      contacts: await db.query<PartnerDetailContactDto[]>(CONTACTS, [partnerId]),
      channels,
      addOns: await db.query<PartnerAddOnDto[]>(ADD_ONS, [partnerId]),
      usage: await this.entitlements.usage(db, partnerId),
    };
  }
}
