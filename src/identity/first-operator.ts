import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Config, UnitOfWork } from '../platform/index.js';
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

  async onApplicationBootstrap(): Promise<void> {
    const { adminEmail: email, adminPassword: password } = this.config;
    if (!email || !password) return;
    const passwordHash = await this.passwords.hashNew(password);
    await this.unitOfWork.run(async (tx) => {
      // Instances that start together take turns, so that one of them makes it.
      await tx.query('LOCK TABLE memberships IN SHARE ROW EXCLUSIVE MODE');
      const [{ exists }] = await tx.query<[{ exists: boolean }]>(
        `SELECT EXISTS (SELECT FROM memberships WHERE realm = 'operator')`,
      );
      if (exists) return;
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
