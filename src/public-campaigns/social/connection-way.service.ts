import { Injectable, Logger } from '@nestjs/common';
import type { PartnerActor } from '../../identity/index.js';
import { Config, DomainError, type SocialPlatformName, UnitOfWork } from '../../platform/index.js';
import { Authorizations } from './authorizations.service.js';
import { ConnectedAccounts } from './connected-accounts.service.js';
import type { Profile, Tokens } from './domain/found-post.js';
import { PlatformFault } from './domain/platform-fault.js';
import type { Bindings } from './platforms/platform-client.js';
import { Platforms } from './platforms/platforms.js';
import {
  authorizationDeclined,
  authorizationRefused,
  noAccountThere,
  platformUnavailable,
  scopeMissing,
} from './social.errors.js';

/** What a platform sends the browser back with. */
export interface PlatformReturn {
  state: string;
  /** Missing when the person declined. */
  code?: string | undefined;
  error?: string | undefined;
}

/** The browser's way to a platform and back, at whose end an account is connected. */
@Injectable()
export class ConnectionWay {
  private readonly logger = new Logger(ConnectionWay.name);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly platforms: Platforms,
    private readonly authorizations: Authorizations,
    private readonly accounts: ConnectedAccounts,
    private readonly config: Config,
  ) {}

  /**
   * Where the creator agrees that the program reads its account.
   * @param browser secret that the browser keeps meanwhile
   * @throws DomainError PLATFORM_NOT_CONFIGURED (422), VALIDATION_FAILED (422)
   */
  async begin(
    actor: PartnerActor,
    request: { platform: SocialPlatformName; returnTo?: string | undefined },
    browser: string,
  ): Promise<string> {
    const client = this.platforms.get(request.platform);
    const began = await this.unitOfWork.run((tx) => this.authorizations.begin(tx, actor, request, browser));
    return client.authorizationUrl({ ...began, redirectUri: this.callbackUrl(request.platform) });
  }

  /**
   * Takes a browser that comes back, and connects the account.
   * @returns the frontend's address with `connected=<id>` or `error=<code>`; without one the page of the program
   * @throws DomainError AUTHORIZATION_UNKNOWN (422); and without a frontend AUTHORIZATION_DECLINED (403),
   *   AUTHORIZATION_REFUSED, SCOPE_MISSING, NO_ACCOUNT_AT_PLATFORM, OTHER_ACCOUNT_VERIFIED (422),
   *   SOCIAL_ACCOUNT_TAKEN, PARTNER_STATE_CONFLICT (409), PLATFORM_UNAVAILABLE (503)
   */
  async end(platform: SocialPlatformName, answer: PlatformReturn, browser: string): Promise<string> {
    const { returnTo, codeVerifier, ...who } = await this.unitOfWork.run((tx) =>
      this.authorizations.take(tx, platform, answer.state, browser),
    );
    try {
      const bindings = { state: answer.state, codeVerifier, redirectUri: this.callbackUrl(platform) };
      const granted = await this.granted(platform, answer, bindings);
      const account = await this.unitOfWork.run((tx) =>
        this.accounts.connect(tx, { ...who, impersonatorId: null }, platform, granted),
      );
      return withParameter(returnTo ?? `${this.base}/connected`, 'connected', account.id);
    } catch (error) {
      if (!returnTo || !(error instanceof DomainError)) throw error;
      return withParameter(returnTo, 'error', error.code.toLowerCase());
    }
  }

  private async granted(
    platform: SocialPlatformName,
    { code, error }: PlatformReturn,
    bindings: Bindings,
  ): Promise<{ profile: Profile; tokens: Tokens }> {
    const client = this.platforms.get(platform);
    if (code === undefined)
      throw error === 'access_denied' ? authorizationDeclined(platform) : authorizationRefused(platform);
    try {
      const tokens = await client.exchange(code, bindings);
      const missing = client.scopes.filter((scope) => !tokens.scopes.includes(scope));
      if (missing.length > 0) throw scopeMissing(platform, missing);
      const profile = await client.profile(tokens.accessToken);
      if (!profile) throw noAccountThere(platform);
      return { profile, tokens };
    } catch (fault) {
      if (!(fault instanceof PlatformFault)) throw fault;
      this.logger.warn(
        { platform, fault: fault.kind, reason: fault.message },
        'An account was not connected',
      );
      const lasting = fault.kind === 'revoked' || fault.kind === 'refused';
      throw lasting ? authorizationRefused(platform) : platformUnavailable(platform);
    }
  }

  private callbackUrl(platform: SocialPlatformName): string {
    return `${this.base}/${platform}/callback`;
  }

  private get base(): string {
    return `${this.config.publicUrl}/api/v1/social-accounts`;
  }
}

function withParameter(address: string, name: string, value: string): string {
  const url = new URL(address);
  url.searchParams.set(name, value);
  return url.href;
}
