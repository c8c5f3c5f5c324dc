/**
 * Why a platform did not give what it was asked for:
 * `no_answer`  the network, a time-out, an error of the platform's own, or an answer that makes no sense; try again
 * `busy`       it wants fewer calls: of the account, or of the program as a whole
 * `token`      it does not take the access token any more
 * `revoked`    it does not refresh the tokens any more: only the creator can connect anew
 * `refused`    it does not want to do this, and will not next time
 */
export type FaultKind = 'no_answer' | 'busy' | 'token' | 'revoked' | 'refused';

/** A platform's answer that is none; never carries a token. */
export class PlatformFault extends Error {
  constructor(
    readonly kind: FaultKind,
    message: string,
    readonly details: {
      /** Of `busy`: whose calls are too many. */
      scope?: 'account' | 'platform';
      /** Of `busy`: when the platform listens again, in whole seconds, where it says. */
      retryAfterSeconds?: number | undefined;
    } = {},
  ) {
    super(message);
    this.name = 'PlatformFault';
  }
}
