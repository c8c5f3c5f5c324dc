import { Injectable } from '@nestjs/common';
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { parse as bytesOfUuid, stringify as uuidOfBytes } from 'uuid';
import { Clock, Config, Ids, uuidV7Time } from '../../../platform/index.js';
import { adTokenExpired, invalidAdToken } from '../ads.errors.js';

/** How long after an ad was given out its render can be confirmed. */
export const RENDER_WITHIN_SECONDS = 1_800;
/** How long its link leads on: a page may stay open. */
export const CLICK_WITHIN_SECONDS = 86_400;

/** An ad that was given out once, to one viewer. */
export interface GivenOut {
  /** Names the token; the time in it is when the ad was given out. */
  tokenId: string;
  campaignId: string;
  adId: string;
  /** Of the ad, as it was shown. */
  revision: number;
}

const KEY_BYTES = 32;
const UUID_BYTES = 16;
const REVISION_BYTES = 4;
const CLAIMS_BYTES = 3 * UUID_BYTES + REVISION_BYTES;
/** HMAC-SHA-256, cut to 128 bits (RFC 2104, section 5). */
const SIGNATURE_BYTES = 16;
const FORM = /^[A-Za-z0-9_-]{91}$/;

/**
 * Tokens of ads that were given out: whoever shows one confirms that by its token, once. They are signed, so nothing is
 * stored of what is given out. The key is made from the secret of access tokens, for this purpose only (RFC 5869).
 */
@Injectable()
export class AdTokens {
  private readonly key: Buffer;

  constructor(
    config: Config,
    private readonly ids: Ids,
    private readonly clock: Clock,
  ) {
    this.key = Buffer.from(hkdfSync('sha256', config.jwtSecret, '', 'tributary ad tokens', KEY_BYTES));
  }

  /** A token for one render of the ad; 91 characters that need no encoding in a path. */
  issue(ad: Omit<GivenOut, 'tokenId'>): { token: string; expiresAt: Date } {
    const tokenId = this.ids.next();
    const claims = Buffer.alloc(CLAIMS_BYTES);
    for (const [index, id] of [tokenId, ad.campaignId, ad.adId].entries()) {
      claims.set(bytesOfUuid(id), index * UUID_BYTES);
    }
    claims.writeUInt32BE(ad.revision, 3 * UUID_BYTES);
    return {
      token: Buffer.concat([claims, this.sign(claims)]).toString('base64url'),
      expiresAt: new Date(uuidV7Time(tokenId).getTime() + RENDER_WITHIN_SECONDS * 1_000),
    };
  }

  /**
   * What was given out under the token.
   * @throws DomainError INVALID_AD_TOKEN (400), AD_TOKEN_EXPIRED (409)
   */
  read(token: string, withinSeconds: number): GivenOut {
    if (!FORM.test(token)) throw invalidAdToken();
    const bytes = Buffer.from(token, 'base64url');
    const claims = bytes.subarray(0, CLAIMS_BYTES);
    if (!timingSafeEqual(bytes.subarray(CLAIMS_BYTES), this.sign(claims))) throw invalidAdToken();
    const [tokenId, campaignId, adId] = [0, 1, 2].map((index) =>
      uuidOfBytes(claims.subarray(index * UUID_BYTES, (index + 1) * UUID_BYTES)),
    ) as [string, string, string];
    const age = this.clock.now().getTime() - uuidV7Time(tokenId).getTime();
    if (age > withinSeconds * 1_000) throw adTokenExpired();
    return { tokenId, campaignId, adId, revision: claims.readUInt32BE(3 * UUID_BYTES) };
  }

  private sign(claims: Buffer): Buffer {
    return createHmac('sha256', this.key).update(claims).digest().subarray(0, SIGNATURE_BYTES);
  }
}
