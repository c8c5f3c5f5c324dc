import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** The partner through whom another one came. */
interface Inviter {
  id: string;
  name: string;
}

type FindInviter = (db: EntityManager, partnerId: string) => Promise<Inviter | null>;

/** Who brought a partner into the program: known to a room to the right, which says how to find it. */
@Injectable()
export class Inviters {
  private finder: FindInviter | null = null;

  /** Registers who finds inviters; call it in `onModuleInit`. */
  register(finder: FindInviter): void {
    this.finder = finder;
  }

  /** The partner's inviter; null for one who came alone. */
  async find(db: EntityManager, partnerId: string): Promise<Inviter | null> {
    return this.finder ? this.finder(db, partnerId) : null;
  }
}
