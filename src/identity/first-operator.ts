import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config, type Tx, UnitOfWork } from '../platform/index.js';
import { Accounts } from './accounts.service.js';
import { Passwords } from './passwords.service.js';

/** Makes the first operator out of ADMIN_EMAIL and ADMIN_PASSWORD when there is none yet. */
@Injectable()
export class FirstOperator implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
  ) {}

  /** Runs at every start; only the first one of an installation finds something to do. */
  async onApplicationBootstrap(): Promise<void> {
    const { adminEmail, adminPassword } = this.config;
    if (!adminEmail || !adminPassword) return;
    if (await this.unitOfWork.run(hasOperator)) return;
    await this.ensureFirstOperator(adminEmail, adminPassword);
  }

  /**
   * Makes an administrator, unless there is an operator already.
   * @throws DomainError WEAK_PASSWORD (422), EMAIL_TAKEN (409)
   */
  async ensureFirstOperator(email: string, password: string): Promise<void> {
    const passwordHash = await this.passwords.hashNew(password);
    await this.unitOfWork.run(async (tx) => {
      // Instances that start together take turns, so that one of them makes it.
      await tx.query('LOCK TABLE memberships IN SHARE ROW EXCLUSIVE MODE');
      if (await hasOperator(tx)) return;
      await this.accounts.register(tx, {
        email,
        passwordHash,
        name: 'Administrator',
        realm: 'operator',
        role: 'admin',
        active: true,
        emailVerified: true,
      });
    });
  }
}

async function hasOperator(tx: Tx): Promise<boolean> {
  const [{ exists }] = await tx.query<[{ exists: boolean }]>(
    `SELECT EXISTS (SELECT FROM memberships WHERE realm = 'operator')`,
  );
  return exists;
}
