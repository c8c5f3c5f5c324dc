import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { notFound } from '../platform/index.js';

type Db = EntityManager | DataSource;

/** Name and address of an owner, a line each; null when there is no such owner. */
export type AddressOf = (db: Db, ownerId: string) => Promise<readonly string[] | null>;

/** Who owners are. Wallets know their ids only: the room that knows more tells. */
@Injectable()
export class WalletOwners {
  private tell: AddressOf | null = null;

  /** Has the room that knows owners tell who they are. */
  tellBy(tell: AddressOf): void {
    this.tell = tell;
  }

  /**
   * Name and address of an owner, a line each.
   * @throws DomainError NOT_FOUND
   */
  async addressOf(db: Db, ownerId: string): Promise<readonly string[]> {
    const address = await this.tell?.(db, ownerId);
    if (!address) throw notFound('partner');
    return address;
  }
}
