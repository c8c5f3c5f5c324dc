import { Injectable } from '@nestjs/common';
import { Config } from '../../platform/index.js';

/** Addresses that ads and their viewers need, absolute. */
@Injectable()
export class AdAddresses {
  constructor(private readonly config: Config) {}

  /** A file for its partner's people, before and after the ad is shown. */
  readonly fileForPartner = (fileId: string): string => this.at(`/api/v1/partner/ad-files/${fileId}/content`);

  /** The same for operators. */
  readonly fileForOperators = (fileId: string): string =>
    this.at(`/api/v1/operator/ad-files/${fileId}/content`);

  /** A file of an ad that is shown, for everybody. */
  readonly fileForViewers = (fileId: string): string => this.at(`/api/ads/v1/files/${fileId}`);

  /** Confirms that the ad of the token was shown. */
  render(token: string): string {
    return this.at(`/api/ads/v1/render/${token}`);
  }

  /** Leads to where the ad of the token leads. */
  click(token: string): string {
    return this.at(`/api/ads/v1/click/${token}`);
  }

  private at(path: string): string {
    return this.config.publicUrl + path;
  }
}
