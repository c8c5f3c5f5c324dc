import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Partners, SocialAccounts } from '../../partner-management/index.js';
import type { CandidateAccount } from '../domain/eligibility.js';
import { type ConnectedAccount, ConnectedAccounts } from '../social/connected-accounts.service.js';

/** A connected account with what joining depends on, whatever the campaign. */
export type CreatorAccount = ConnectedAccount & Omit<CandidateAccount, 'joined'>;

/** What of a creator decides which campaigns it may join. */
export interface Creator {
  /** ISO 3166-1 alpha-2. */
  country: string;
  accounts: CreatorAccount[];
}

/** Creators as campaigns see them: their country, and their connected accounts. */
@Injectable()
export class CreatorAccounts {
  constructor(
    private readonly partners: Partners,
    private readonly connected: ConnectedAccounts,
    private readonly socialAccounts: SocialAccounts,
  ) {}

  /** The creator with its accounts, disconnected ones too. An account is verified if the one of its name at sign-up is. */
  async get(db: EntityManager, partnerId: string): Promise<Creator> {
    const [{ country }, accounts, known] = [
      await this.partners.get(db, partnerId),
      await this.connected.listOf(db, partnerId),
      await this.socialAccounts.listOf(db, partnerId),
    ];
    const verified = new Set(
      known
        .filter(({ state }) => state === 'verified')
        .map(({ platform, handle }) => `${platform} ${handle}`),
    );
    return {
      country,
      accounts: accounts.map((account) => ({
        ...account,
        verified: verified.has(`${account.platform} ${account.handle}`),
      })),
    };
  }
}
