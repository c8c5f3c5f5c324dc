import { Module } from '@nestjs/common';
import { APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessTokens } from './access-tokens.service.js';
import { AccountRecovery } from './account-recovery.service.js';
import { AccountNews } from './account-news.service.js';
import { Accounts } from './accounts.service.js';
import { AuditLogController } from './audit-log.controller.js';
import { AuditLog } from './audit-log.service.js';
import { AuditTrail } from './audit-trail.service.js';
import { AuthController } from './auth.controller.js';
import { CredentialsController } from './credentials.controller.js';
import { EmailChangeLinks } from './email-change-links.service.js';
import { EmailChangeController } from './email-change.controller.js';
import { EmailChanges } from './email-changes.service.js';
import { EventDetails } from './event-details.service.js';
import { EventLog } from './event-log.service.js';
import { EventMails } from './event-mails.consumer.js';
import { EventsController } from './events.controller.js';
import { FirstOperator } from './first-operator.js';
import { IdentityHousekeeping } from './housekeeping.job.js';
import { ImpersonationEndJob } from './impersonation-end.job.js';
import { ImpersonationLog } from './impersonation-log.service.js';
import { ImpersonationNews } from './impersonation-news.service.js';
import { ImpersonationTrail } from './impersonation-trail.js';
import { Impersonations } from './impersonations.service.js';
import { AccessTokenStrategy } from './jwt.strategy.js';
import { LockOut } from './lock-out.service.js';
import { MeController } from './me.controller.js';
import { InvitationController } from './members/invitation.controller.js';
import { Invitations } from './members/invitations.service.js';
import { MemberBlocks } from './members/member-blocks.service.js';
import { MemberChanges } from './members/member-changes.service.js';
import { MemberNews } from './members/member-news.js';
import { Members } from './members/members.service.js';
import { MemberTraces } from './member-traces.service.js';
import { OperatorUserAccessController } from './members/operator-user-access.controller.js';
import { OperatorUsersController } from './members/operator-users.controller.js';
import { TwoFactorResets } from './members/two-factor-resets.service.js';
import { Mandates } from './mandates.service.js';
import { Membership } from './membership.entity.js';
import { LinkedIdentities } from './oidc/linked-identities.service.js';
import { OidcAnswers } from './oidc/oidc-answers.service.js';
import { OidcController } from './oidc/oidc.controller.js';
import { OidcRequests } from './oidc/oidc-requests.service.js';
import { OidcSignIn } from './oidc/oidc-sign-in.service.js';
import { OidcWay } from './oidc/oidc-way.service.js';
import { OwnIdentitiesController } from './oidc/own-identities.controller.js';
import { OwnIdentities } from './oidc/own-identities.service.js';
import { ProviderClients } from './oidc/provider-clients.service.js';
import { OneTimeTokens } from './one-time-tokens.service.js';
import { OwnProfile } from './own-profile.service.js';
import { OwnTwoFactor } from './own-two-factor.service.js';
import { PartnerAccess } from './partner-access.service.js';
import { PartnerEvents } from './partner-events.service.js';
import { PartnerMails } from './partner-mails.service.js';
import { PasswordChange } from './password-change.service.js';
import { Passwords } from './passwords.service.js';
import { PermissionGuard } from './permission.guard.js';
import { ActorRateGuard, AnonymousRateGuard } from './rate.guards.js';
import { IdentityPersonalData } from './personal-data/identity-personal-data.js';
import { PersonalData } from './personal-data/personal-data.service.js';
import { Reauthentication } from './reauthentication.service.js';
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
  controllers: [
    AuthController,
    AuditLogController,
    CredentialsController,
    EmailChangeController,
    EventsController,
    InvitationController,
    MeController,
    OidcController,
    OperatorUserAccessController,
    OperatorUsersController,
    OwnIdentitiesController,
    SessionsController,
    TwoFactorController,
  ],
  providers: [
    AccessTokens,
    AccessTokenStrategy,
    AccountNews,
    AccountRecovery,
    Accounts,
    AuditLog,
    AuditTrail,
    EmailChangeLinks,
    EmailChanges,
    EventDetails,
    EventLog,
    EventMails,
    FirstOperator,
    IdentityHousekeeping,
    Invitations,
    LinkedIdentities,
    ImpersonationEndJob,
    ImpersonationLog,
    ImpersonationNews,
    Impersonations,
    ImpersonationTrail,
    IdentityPersonalData,
    LockOut,
    Mandates,
    MemberBlocks,
    MemberChanges,
    MemberNews,
    Members,
    MemberTraces,
    OidcAnswers,
    OidcRequests,
    OidcSignIn,
    OidcWay,
    OneTimeTokens,
    OwnIdentities,
    OwnProfile,
    OwnTwoFactor,
    PartnerAccess,
    PartnerEvents,
    PartnerMails,
    PasswordChange,
    Passwords,
    ProviderClients,
    PersonalData,
    Reauthentication,
    SecondFactor,
    Sessions,
    SignIn,
    StatisticTokens,
    TwoFactorResets,
    // In this order: what is too much is refused before anything costly is done for it.
    { provide: APP_GUARD, useClass: AnonymousRateGuard },
    { provide: APP_GUARD, useClass: SignInGuard },
    { provide: APP_GUARD, useClass: ActorRateGuard },
    { provide: APP_GUARD, useClass: PermissionGuard },
    { provide: APP_INTERCEPTOR, useExisting: ImpersonationTrail },
  ],
  exports: [
    Accounts,
    AuditLog,
    EventDetails,
    EventLog,
    ImpersonationLog,
    Impersonations,
    Invitations,
    Mandates,
    MemberBlocks,
    MemberChanges,
    Members,
    MemberTraces,
    PartnerAccess,
    PartnerMails,
    Passwords,
    PersonalData,
    Reauthentication,
    Sessions,
  ],
})
export class IdentityModule {}
