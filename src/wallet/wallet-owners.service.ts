import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { notFound, type Tx } from '../platform/index.js';
import { partnerErased } from './wallet.errors.js';

type Db = EntityManager | DataSource;

/** What the room that knows owners tells of them. */
export interface OwnersRegister {
  /** Name and address of an owner, a line each; null when there is no such owner. */
  addressOf(db: Db, ownerId: string): Promise<readonly string[] | null>;
  /** Which of the owners are erased or being erased; no erasure of the others begins until the transaction ends. */
  erasedOf(tx: Tx, ownerIds: readonly string[]): Promise<string[]>;
}

/** Who owners are. Wallets know their ids only: the room that knows more tells. */
@Injectable()
export class WalletOwners {
  private register: OwnersRegister | null = null;

  /** Has the room that knows owners tell who they are. */
  tellBy(register: OwnersRegister): void {
    this.register = register;
  }

  /**
   * Name and address of an owner, a line each.
   * @throws DomainError NOT_FOUND
   */
  async addressOf(db: Db, ownerId: string): Promise<readonly string[]> {
    const address = await this.register?.addressOf(db, ownerId);
    if (!address) throw notFound('partner');
    return address;
  }

  /** Which of the owners are erased or being erased; no erasure of the others begins until the transaction ends. */
  async erasedOf(tx: Tx, ownerIds: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(await this.register?.erasedOf(tx, ownerIds));
  }

  /**
   * Refuses an owner who is erased or being erased; an erasure that has not begun waits until the transaction ends, and
   * then sees what it did.
   * @throws DomainError PARTNER_ERASED (409)
   */
  async refuseErased(tx: Tx, ownerId: string): Promise<void> {
    if ((await this.erasedOf(tx, [ownerId])).has(ownerId)) throw partnerErased();
  }
}
