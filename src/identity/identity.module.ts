import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessTokens } from './access-tokens.service.js';
import { AccountRecovery } from './account-recovery.service.js';
import { Accounts } from './accounts.service.js';
import { AuditLog } from './audit-log.service.js';
import { AuthController } from './auth.controller.js';
import { EventLog } from './event-log.service.js';
import { FirstOperator } from './first-operator.js';
import { IdentityHousekeeping } from './housekeeping.job.js';
import { AccessTokenStrategy } from './jwt.strategy.js';
import { LockOut } from './lock-out.service.js';
import { LogsController } from './logs.controller.js';
import { MeController } from './me.controller.js';
import { Membership } from './membership.entity.js';
import { OneTimeTokens } from './one-time-tokens.service.js';
import { OwnTwoFactor } from './own-two-factor.service.js';
import { Passwords } from './passwords.service.js';
import { PermissionGuard } from './permission.guard.js';
import { SecondFactor } from './second-factor.service.js';
import { SessionsController } from './sessions.controller.js';
import { Sessions } from './sessions.service.js';
import { SignInGuard } from './sign-in.guard.js';
import { SignIn } from './sign-in.service.js';
import { StatisticTokens } from './statistic-tokens.service.js';
import { TwoFactorController } from './two-factor.controller.js';
import { User } from './user.entity.js';

/** Who people are and what they may do. Its guards stand before every route of the program. */
@Module({
  imports: [PassportModule, JwtModule.register({}), TypeOrmModule.forFeature([User, Membership])],
  controllers: [AuthController, TwoFactorController, SessionsController, MeController, LogsController],
  providers: [
    AccessTokens,
    AccessTokenStrategy,
    AccountRecovery,
    Accounts,
    AuditLog,
    EventLog,
    FirstOperator,
    IdentityHousekeeping,
    LockOut,
    OneTimeTokens,
    OwnTwoFactor,
    Passwords,
    SecondFactor,
    Sessions,
    SignIn,
    StatisticTokens,
    { provide: APP_GUARD, useClass: SignInGuard },
    { provide: APP_GUARD, useClass: PermissionGuard },
  ],
  exports: [Accounts, AuditLog, EventLog, Passwords],
})
export class IdentityModule {}
