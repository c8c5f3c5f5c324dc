import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '../platform/index.js';
import { WalletOwners } from '../wallet/index.js';
import { Partners } from './partners.service.js';

/** Tells wallets who their owners are. */
@Injectable()
export class PartnersAsOwners implements OnModuleInit {
  constructor(
    private readonly owners: WalletOwners,
    private readonly partners: Partners,
  ) {}

  onModuleInit(): void {
    this.owners.tellBy(async (db, ownerId) => {
      try {
        return await this.partners.addressOf(db, ownerId);
      } catch (error) {
        if (error instanceof DomainError && error.code === 'NOT_FOUND') return null;
        throw error;
      }
    });
  }
}
