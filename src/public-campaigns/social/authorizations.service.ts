import { Injectable } from '@nestjs/common';
import type { PartnerActor } from '../../identity/index.js';
import {
  Clock,
  Config,
  invalidField,
  randomToken,
  sha256Hex,
  type SocialPlatformName,
  type Tx,
} from '../../platform/index.js';
import { authorizationUnknown } from './social.errors.js';

/** Cookie that binds the way to a platform and back to its browser. */
export const COOKIE_NAME = 'social';
/** How long a person may take at the platform. */
export const AUTHORIZATION_SECONDS = 600;

/** Somebody on the way to a platform who came back. */
export interface TakenAuthorization {
  partnerId: string;
  userId: string;
  codeVerifier: string;
  returnTo: string | null;
}

/** People on their way to a platform: kept by hash, bound to their partner and browser, used once, for ten minutes. */
@Injectable()
export class Authorizations {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes that somebody goes to a platform.
   * @param browser secret that the browser keeps
   * @throws DomainError VALIDATION_FAILED (422) for an address to return to that is not configured
   */
  async begin(
    tx: Tx,
    { partnerId, userId }: PartnerActor,
    { platform, returnTo }: { platform: SocialPlatformName; returnTo?: string | undefined },
    browser: string,
  ): Promise<{ state: string; codeVerifier: string }> {
    if (returnTo !== undefined && !this.config.oidcReturnUrls.includes(returnTo)) {
      throw invalidField(
        'returnTo',
        'must be one of the frontends that this program knows, letter by letter',
      );
    }
    const now = this.clock.now();
    await tx.query('DELETE FROM social_authorizations WHERE expires_at <= $1', [now]);
    const state = randomToken();
    const codeVerifier = randomToken();
    await tx.query(
      `INSERT INTO social_authorizations
         (state_hash, browser_hash, platform, partner_id, user_id, code_verifier, return_to, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        sha256Hex(state),
        sha256Hex(browser),
        platform,
        partnerId,
        userId,
        codeVerifier,
        returnTo ?? null,
        new Date(now.getTime() + AUTHORIZATION_SECONDS * 1_000),
      ],
    );
    return { state, codeVerifier };
  }

  /**
   * Uses the note up when its person comes back in the same browser.
   * @throws DomainError AUTHORIZATION_UNKNOWN (422)
   */
  async take(
    tx: Tx,
    platform: SocialPlatformName,
    state: string,
    browser: string,
  ): Promise<TakenAuthorization> {
    const [rows] = await tx.query<[TakenAuthorization[], number]>(
      `DELETE FROM social_authorizations
        WHERE state_hash = $1 AND platform = $2 AND browser_hash = $3 AND expires_at > $4
        RETURNING partner_id AS "partnerId", user_id AS "userId", code_verifier AS "codeVerifier",
                  return_to AS "returnTo"`,
      [sha256Hex(state), platform, sha256Hex(browser), this.clock.now()],
    );
    const [taken] = rows;
    if (!taken) throw authorizationUnknown();
    return taken;
  }
}
