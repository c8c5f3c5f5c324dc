import { Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import type { ActingUser, Actor } from '../../identity/index.js';
import type { Money, Tx } from '../../platform/index.js';
import type { RequestKind } from '../domain/request-life.js';

/** What a partner has asked for. */
export interface PartnerRequest {
  readonly id: string;
  readonly kind: RequestKind;
  readonly partnerId: string;
  /** The thing that it is about; of a partnership the package. */
  readonly subjectId: string;
  readonly title: string;
  /** As it was when it was asked for. */
  readonly price: Money;
  readonly description: string | null;
}

/** What a kind of request adds to the life that all share. */
interface KindRules {
  readonly kind: RequestKind;
  /** Gives the partner what it asked for; refused by an error, the request stays pending. */
  readonly onApproved: (tx: Tx, actor: Actor, request: PartnerRequest) => Promise<void>;
  readonly onRejected?: (tx: Tx, actor: Actor, request: PartnerRequest) => Promise<void>;
  /** The partner has cancelled it, or it has expired: then nobody did. */
  readonly onClosed?: (tx: Tx, actor: ActingUser | null, request: PartnerRequest) => Promise<void>;
  /** What operators look at before they decide, by the subject's id; null in the list where nothing is told. */
  readonly preview?: (
    db: EntityManager | DataSource,
    subjectIds: readonly string[],
  ) => Promise<ReadonlyMap<string, object>>;
}

/** The kinds of requests: each room or part registers its own. */
@Injectable()
export class RequestKinds {
  private readonly rules = new Map<RequestKind, KindRules>();

  /** Registers a kind; call it in `onModuleInit`. */
  register(rules: KindRules): void {
    this.rules.set(rules.kind, rules);
  }

  /** @throws Error for a kind that nobody has registered */
  of(kind: RequestKind): KindRules {
    const rules = this.rules.get(kind);
    if (!rules) throw new Error(`Nobody has registered requests of the kind ${kind}`);
    return rules;
  }
}
