import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { mailboxHash } from '../platform/index.js';

/** By what one of a partner's people may be recognised elsewhere. */
interface MemberTrace {
  readonly partnerId: string;
  readonly userId: string;
  readonly mailboxHash: string;
  /** E.164. */
  readonly phone: string | null;
  /** Where the person signed in from, and with what, the latest first. */
  readonly devices: readonly {
    readonly address: string | null;
    readonly userAgent: string | null;
    readonly lastSeenAt: Date;
  }[];
}

/** More say nothing new of a person. */
const MAX_DEVICES = 200;

/** What a partner's people leave behind when they sign in: to be compared inside the program, never shown to others. */
@Injectable()
export class MemberTraces {
  /** Traces of all people of the partners; of their devices those seen since `since`. */
  async ofPartners(
    db: EntityManager | DataSource,
    partnerIds: readonly string[],
    since: Date,
  ): Promise<MemberTrace[]> {
    const rows = await db.query<MemberRow[]>(
      `SELECT m.partner_id AS "partnerId", u.id AS "userId", u.email, u.phone, coalesce(d.devices, '[]') AS devices
         FROM memberships m JOIN users u ON u.id = m.user_id
         LEFT JOIN LATERAL (
           SELECT json_agg(device ORDER BY device."lastSeenAt" DESC) AS devices
             FROM (SELECT address, user_agent AS "userAgent", max(last_seen_at) AS "lastSeenAt"
                     FROM sessions WHERE user_id = u.id AND last_seen_at >= $2
                    GROUP BY address, user_agent ORDER BY 3 DESC LIMIT ${MAX_DEVICES}) device) d ON true
        WHERE m.partner_id = ANY($1) ORDER BY u.id`,
      [partnerIds, since],
    );
    return rows.map(({ email, devices, ...member }) => ({
      ...member,
      mailboxHash: mailboxHash(email),
      devices: devices.map((device) => ({ ...device, lastSeenAt: new Date(device.lastSeenAt) })),
    }));
  }
}

interface MemberRow {
  partnerId: string;
  userId: string;
  email: string;
  phone: string | null;
  devices: DeviceRow[];
}

interface DeviceRow {
  address: string | null;
  userAgent: string | null;
  lastSeenAt: string;
}
