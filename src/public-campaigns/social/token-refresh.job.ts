import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Config, Jobs, Timed, UnitOfWork } from '../../platform/index.js';
import { AccountTokens, type Revocation, REVOCATION_JOB } from './account-tokens.service.js';
import { Platforms } from './platforms/platforms.js';
import { TokenRefresh } from './token-refresh.service.js';

/** The payload holds tokens, encrypted: it is forgotten soon. */
const FORGET_AFTER_SECONDS = 3_600;

/** Renews tokens before they end, and gives those back that are not needed any more. */
@Injectable()
export class TokenJobs implements OnModuleInit {
  private readonly logger = new Logger(TokenJobs.name);

  constructor(
    private readonly refresh: TokenRefresh,
    private readonly tokens: AccountTokens,
    private readonly platforms: Platforms,
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.handle<Revocation>(REVOCATION_JOB, (revocation) => this.revoke(revocation), {
      forgetAfterSeconds: FORGET_AFTER_SECONDS,
    });
  }

  @Timed('20 * * * * *', { name: 'social.refresh' })
  async wake(): Promise<void> {
    if (!this.config.worker) return;
    try {
      await this.refresh.work();
    } catch (error) {
      this.logger.error({ err: error }, 'Tokens of connected accounts could not be renewed');
    }
  }

  private async revoke({ platform, platformUserId, sealedTokens }: Revocation): Promise<void> {
    if (!this.platforms.configured().includes(platform)) return;
    // Platforms take back all that the account has agreed to: also what it has agreed to since.
    if (await this.unitOfWork.run((tx) => this.tokens.inUse(tx, platform, platformUserId))) return;
    const tokens = this.tokens.open(platform, platformUserId, sealedTokens);
    await this.platforms.get(platform).revoke(tokens);
  }
}
