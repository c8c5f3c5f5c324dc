import { Injectable } from '@nestjs/common';
import { invalidField, isCurrency, type Tx } from '../platform/index.js';
import { optOutsAfter } from './domain/mail-subscriptions.js';
import type { UpdateMeDto } from './me.dto.js';
import { lockedUser } from './sign-in.service.js';
import { User } from './user.entity.js';

/** What people change of their own account without further ado (A22). */
@Injectable()
export class OwnProfile {
  /**
   * Changes what is given; the rest stays as it is.
   * @throws DomainError INVALID_CURRENCY (422)
   */
  async update(tx: Tx, userId: string, { emailSubscriptions, ...fields }: UpdateMeDto): Promise<void> {
    if (fields.reportCurrency && !isCurrency(fields.reportCurrency)) {
      throw invalidField('reportCurrency', 'must be an ISO 4217 code such as EUR', 'INVALID_CURRENCY');
    }
    const user = await lockedUser(tx, userId);
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const mailOptOuts = optOutsAfter(user.mailOptOuts, emailSubscriptions ?? {});
    await tx.update(User, { id: userId }, { ...given, mailOptOuts });
  }
}
