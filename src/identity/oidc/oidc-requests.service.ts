import { Injectable } from '@nestjs/common';
import { Clock, Config, invalidField, randomToken, sha256Hex, type Tx } from '../../platform/index.js';
import { requestUnknown } from './oidc.errors.js';
import type { Bindings } from './provider-clients.service.js';

/** How long a person may take at the provider. */
export const REQUEST_SECONDS = 600;

/** Where the frontend wants its answer. */
export interface Destination {
  /** One of the configured addresses; without it the program's own page. */
  returnTo?: string | undefined;
  /** S256 challenge (RFC 7636) of a secret of the frontend, without which the answer's code is of no use. */
  challenge?: string | undefined;
}

/** A request whose person came back. */
export interface TakenRequest extends Bindings {
  returnTo: string;
  challenge: string | null;
  sessionId: string | null;
}

interface Row {
  nonce: string;
  code_verifier: string;
  return_to: string;
  challenge: string | null;
  session_id: string | null;
}

/** Sign-ins on their way to a provider: kept by hash, bound to one browser, used once, for ten minutes. */
@Injectable()
export class OidcRequests {
  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes a request that no browser has opened yet, and gives the secret that opens it.
   * @param sessionId the session that wants to link an identity; null for a sign-in
   * @throws DomainError VALIDATION_FAILED (422) for an address to return to that is not configured
   */
  async prepare(
    tx: Tx,
    provider: string,
    { returnTo, challenge }: Destination,
    sessionId: string | null,
  ): Promise<string> {
    if (returnTo !== undefined && !this.config.oidcReturnUrls.includes(returnTo)) {
      throw invalidField(
        'returnTo',
        'must be one of the frontends that this program knows, letter by letter',
      );
    }
    // Without it a stranger could have a victim's frontend fetch the stranger's session.
    if (returnTo !== undefined && challenge === undefined) {
      throw invalidField(
        'challenge',
        'is required with returnTo: BASE64URL(SHA-256(verifier)), 43 characters',
      );
    }
    const secret = randomToken();
    await tx.query(
      `INSERT INTO oidc_requests (secret_hash, provider, nonce, code_verifier, return_to, challenge, session_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        sha256Hex(secret),
        provider,
        randomToken(),
        randomToken(),
        returnTo ?? `${this.config.publicUrl}/api/v1/auth/oidc/finish`,
        challenge ?? null,
        sessionId,
        this.expiry(),
      ],
    );
    return secret;
  }

  /**
   * Binds a prepared request to a browser, once.
   * @param browser secret that the browser keeps in its cookie
   * @throws DomainError OIDC_REQUEST_UNKNOWN (422)
   */
  async open(tx: Tx, provider: string, secret: string, browser: string): Promise<Bindings> {
    const state = randomToken();
    const [rows] = await tx.query<[Row[], number]>(
      `UPDATE oidc_requests SET secret_hash = $3, browser_hash = $4, expires_at = $5
        WHERE secret_hash = $1 AND provider = $2 AND browser_hash IS NULL AND expires_at > $6
        RETURNING nonce, code_verifier`,
      [sha256Hex(secret), provider, sha256Hex(state), sha256Hex(browser), this.expiry(), this.clock.now()],
    );
    const [row] = rows;
    if (!row) throw requestUnknown();
    return { state, nonce: row.nonce, codeVerifier: row.code_verifier };
  }

  /**
   * Uses a request up when its person comes back in the same browser.
   * @throws DomainError OIDC_REQUEST_UNKNOWN (422)
   */
  async take(tx: Tx, provider: string, state: string, browser: string): Promise<TakenRequest> {
    const [rows] = await tx.query<[Row[], number]>(
      `DELETE FROM oidc_requests
        WHERE secret_hash = $1 AND provider = $2 AND browser_hash = $3 AND expires_at > $4
        RETURNING nonce, code_verifier, return_to, challenge, session_id`,
      [sha256Hex(state), provider, sha256Hex(browser), this.clock.now()],
    );
    const [row] = rows;
    if (!row) throw requestUnknown();
    return {
      state,
      nonce: row.nonce,
      codeVerifier: row.code_verifier,
      returnTo: row.return_to,
      challenge: row.challenge,
      sessionId: row.session_id,
    };
  }

  private expiry(): Date {
    return new Date(this.clock.now().getTime() + REQUEST_SECONDS * 1_000);
  }
}
