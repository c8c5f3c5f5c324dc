import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventDetails } from '../identity/index.js';
import { PaymentMethods, type SealedMethod } from './payment-methods.service.js';

/** Tells of payment methods in the event log (A29): masked, the deleted ones too. */
@Injectable()
export class PaymentMethodsInEvents implements OnModuleInit {
  constructor(
    private readonly details: EventDetails,
    private readonly methods: PaymentMethods,
  ) {}

  onModuleInit(): void {
    this.details.register({
      fact: 'paymentMethodId',
      shownAs: 'paymentMethod',
      permission: 'partner:payment-methods:read',
      tell: (db, partnerId, ids) => this.tell(db, partnerId, ids),
    });
  }

  private async tell(
    db: EntityManager,
    partnerId: string,
    ids: readonly string[],
  ): Promise<Map<string, object>> {
    const rows = await db.query<(SealedMethod & { title: string })[]>(
      `SELECT m.id, m.type_code AS "typeCode", m.sealed_fields AS "sealedFields", t.title
         FROM payment_methods m JOIN payment_method_types t ON t.code = m.type_code
        WHERE m.owner_id = $1 AND m.id = ANY ($2)`,
      [partnerId, ids],
    );
    return new Map(rows.map(({ title, ...row }) => [row.id, { ...this.methods.mask(row), title }]));
  }
}
