import { Module } from '@nestjs/common';
import { IdentityModule } from '../../identity/index.js';
import { PartnerManagementModule } from '../../partner-management/index.js';
import { AccountReaders } from './account-readers.service.js';
import { AccountTokens } from './account-tokens.service.js';
import { Authorizations } from './authorizations.service.js';
import { ConnectedAccounts } from './connected-accounts.service.js';
import { ConnectionController } from './connection.controller.js';
import { ConnectionWay } from './connection-way.service.js';
import { PlatformReturnController } from './platform-return.controller.js';
import { CallBudgets } from './platforms/call-budgets.js';
import { InstagramClient } from './platforms/instagram.client.js';
import { PlatformCalls } from './platforms/platform-calls.js';
import { Platforms } from './platforms/platforms.js';
import { TiktokClient } from './platforms/tiktok.client.js';
import { YoutubeClient } from './platforms/youtube.client.js';
import { PartnerSocialAccountsController } from './social-accounts.controller.js';
import { SocialPersonalData } from './social-personal-data.js';
import { TokenJobs } from './token-refresh.job.js';
import { TokenRefresh } from './token-refresh.service.js';

/** Accounts at social platforms: connected by OAuth, kept readable, and read. */
@Module({
  imports: [IdentityModule, PartnerManagementModule],
  controllers: [PartnerSocialAccountsController, ConnectionController, PlatformReturnController],
  providers: [
    AccountReaders,
    AccountTokens,
    Authorizations,
    CallBudgets,
    ConnectedAccounts,
    ConnectionWay,
    InstagramClient,
    PlatformCalls,
    Platforms,
    SocialPersonalData,
    TiktokClient,
    TokenJobs,
    TokenRefresh,
    YoutubeClient,
  ],
  exports: [AccountReaders, ConnectedAccounts, Platforms],
})
export class SocialModule {}
