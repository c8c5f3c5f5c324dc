import { Injectable } from '@nestjs/common';
import { Config, UnitOfWork } from '../../platform/index.js';
import { OidcAnswers } from './oidc-answers.service.js';
import { type Destination, OidcRequests } from './oidc-requests.service.js';
import { ProviderClients } from './provider-clients.service.js';

/** The browser's way to an OpenID provider and back. It ends with a code for the frontend, never with tokens. */
@Injectable()
export class OidcWay {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clients: ProviderClients,
    private readonly requests: OidcRequests,
    private readonly answers: OidcAnswers,
    private readonly config: Config,
  ) {}

  /**
   * Sends a browser to a provider.
   * @param link secret of a request that a signed-in user prepared; without it the person wants to sign in
   * @param browser secret for the browser's cookie
   * @returns the provider's address
   * @throws DomainError NOT_FOUND (404), VALIDATION_FAILED (422), OIDC_REQUEST_UNKNOWN (422),
   * OIDC_PROVIDER_UNAVAILABLE (503)
   */
  async begin(
    provider: string,
    { link, ...destination }: Destination & { link?: string },
    browser: string,
  ): Promise<string> {
    this.clients.get(provider);
    const bindings = await this.unitOfWork.run(async (tx) => {
      const secret = link ?? (await this.requests.prepare(tx, provider, destination, null));
      return this.requests.open(tx, provider, secret, browser);
    });
    return this.clients.authorizationUrl(provider, bindings);
  }

  /**
   * Prepares the way for a session that wants to link an identity, and gives the address that begins it, once.
   * @throws DomainError NOT_FOUND (404), VALIDATION_FAILED (422)
   */
  async prepareLink(provider: string, destination: Destination, sessionId: string): Promise<string> {
    this.clients.get(provider);
    const secret = await this.unitOfWork.run((tx) =>
      this.requests.prepare(tx, provider, destination, sessionId),
    );
    return `${this.config.publicUrl}/api/v1/auth/oidc/${provider}?link=${secret}`;
  }

  /**
   * Takes a browser that comes back from a provider, and checks what it brings.
   * @param query what the provider sent it back with
   * @returns the frontend's address, with `code`, or with `error=access_denied` when the person declined
   * @throws DomainError OIDC_REQUEST_UNKNOWN (422), OIDC_ANSWER_REFUSED (401), OIDC_PROVIDER_UNAVAILABLE (503)
   */
  async end(provider: string, query: string, browser: string): Promise<string> {
    const state = new URLSearchParams(query).get('state') ?? '';
    const { returnTo, challenge, sessionId, ...bindings } = await this.unitOfWork.run((tx) =>
      this.requests.take(tx, provider, state, browser),
    );
    const person = await this.clients.person(provider, query, bindings);
    if (!person) return withParameter(returnTo, 'error', 'access_denied');
    const code = await this.unitOfWork.run((tx) =>
      this.answers.issueCode(tx, { ...person, provider, sessionId }, challenge),
    );
    return withParameter(returnTo, 'code', code);
  }
}

function withParameter(address: string, name: string, value: string): string {
  const url = new URL(address);
  url.searchParams.set(name, value);
  return url.href;
}
