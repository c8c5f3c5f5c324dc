import { Injectable } from '@nestjs/common';
import { randomInt } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Clock, Config, type Tx } from '../../platform/index.js';

/** Without what is mistaken for something else. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 8;
/** Codes rarely meet; more rounds than this are a fault of ours. */
const ROUNDS = 5;

/** The code by which each partner invites others; made when it is first asked for, and never changed (T11). */
@Injectable()
export class ReferralCodes {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** The partner's own code. */
  async own(tx: Tx, partnerId: string): Promise<string> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [row] = await tx.query<{ code: string }[]>(
        'SELECT code FROM referral_codes WHERE partner_id = $1',
        [partnerId],
      );
      if (row) return row.code;
      await tx.query(
        'INSERT INTO referral_codes (partner_id, code, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        [partnerId, randomCode(), this.clock.now()],
      );
    }
    throw new Error('No free referral code was found');
  }

  /** Whose code it is, however it is written; null for nobody's. */
  async ownerOf(db: EntityManager, code: string): Promise<string | null> {
    const [row] = await db.query<{ id: string }[]>(
      'SELECT partner_id AS id FROM referral_codes WHERE code = $1',
      [code.replaceAll(/[\s-]/g, '').toUpperCase()],
    );
    return row?.id ?? null;
  }

  /** The link that leads to the sign-up with the code. */
  linkOf(code: string): string {
    const link = new URL(this.config.signUpUrl);
    link.searchParams.set('inviterCode', code);
    return link.href;
  }
}

function randomCode(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
