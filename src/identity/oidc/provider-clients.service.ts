import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type ClientAuth,
  ClientError,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  ResponseBodyError,
} from 'openid-client';
import { Config, notFound, type OidcProvider } from '../../platform/index.js';
import { personOf, type ProviderPerson } from '../domain/provider-person.js';
import { providerNotTrusted, providerUnavailable } from './oidc.errors.js';

/** Whole seconds that a provider has for each answer. */
const TIMEOUT_SECONDS = 5;
/** A provider's description is read anew after an hour; its keys are kept by the client library. */
const DISCOVERY_TTL_MS = 3_600_000;

/** What binds the way to a provider and the way back together; each is a secret of 256 bit. */
export interface Bindings {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/**
 * Talks to the configured OpenID providers: authorization code with PKCE (S256), state and nonce. The certified client
 * library checks what comes back: signature, issuer, audience, times, nonce. Times are the machine's and not the
 * program's clock: the provider's are real.
 */
@Injectable()
export class ProviderClients {
  private readonly logger = new Logger(ProviderClients.name);
  private readonly clients: LRUCache<string, Configuration>;

  constructor(private readonly config: Config) {
    this.clients = new LRUCache<string, Configuration>({
      max: Math.max(config.oidcProviders.length, 1),
      ttl: DISCOVERY_TTL_MS,
      // One discovery at a time; while it fails, a known provider goes on by its last description.
      fetchMethod: (name) => discover(this.get(name)),
      allowStaleOnFetchRejection: true,
      ignoreFetchAbort: true,
    });
  }

  /** A configured provider. @throws DomainError NOT_FOUND (404) */
  get(name: string): OidcProvider {
    const provider = this.config.oidcProviders.find((one) => one.name === name);
    if (!provider) throw notFound('sign-in provider');
    return provider;
  }

  /** Where to send the browser. @throws DomainError OIDC_PROVIDER_UNAVAILABLE (503), NOT_FOUND (404) */
  async authorizationUrl(name: string, { state, nonce, codeVerifier }: Bindings): Promise<string> {
    const client = await this.client(this.get(name));
    const url = buildAuthorizationUrl(client, {
      redirect_uri: this.callbackUrl(name),
      scope: 'openid email profile',
      code_challenge: await calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return url.href;
  }

  /**
   * Fetches and checks who came back from the provider; null when the person, or the provider for it, declined.
   * @param query what the provider sent the browser back with
   * @throws DomainError OIDC_ANSWER_REFUSED (401), OIDC_PROVIDER_UNAVAILABLE (503), NOT_FOUND (404)
   */
  async person(
    name: string,
    query: string,
    { state, nonce, codeVerifier }: Bindings,
  ): Promise<ProviderPerson | null> {
    const provider = this.get(name);
    const client = await this.client(provider);
    try {
      const claims = await claimsOf(client, new URL(`${this.callbackUrl(name)}?${query}`), {
        pkceCodeVerifier: codeVerifier,
        expectedState: state,
        expectedNonce: nonce,
      });
      const person = personOf(claims);
      if (person) return person;
    } catch (error) {
      if (error instanceof AuthorizationResponseError && error.error === 'access_denied') return null;
      this.warn(name, error);
      throw isUntrusted(error) ? providerNotTrusted(provider.title) : providerUnavailable(provider.title);
    }
    throw providerNotTrusted(provider.title);
  }

  private async client(provider: OidcProvider): Promise<Configuration> {
    try {
      return await this.clients.forceFetch(provider.name);
    } catch (error) {
      this.warn(provider.name, error);
      throw providerUnavailable(provider.title);
    }
  }

  private callbackUrl(name: string): string {
    return `${this.config.publicUrl}/api/v1/auth/oidc/${name}/callback`;
  }

  /** Messages of the library name what is wrong; only its causes hold what was sent. */
  private warn(provider: string, error: unknown): void {
    const { name, message, code, cause } = error as Error & { code?: string; cause?: unknown };
    const within = cause instanceof Error ? cause.message : undefined;
    this.logger.warn(
      { provider, fault: name, reason: message, faultCode: code, within },
      'Sign-in by a provider failed',
    );
  }
}

async function discover({ issuer, clientId, clientSecret }: OidcProvider): Promise<Configuration> {
  const insecure = new URL(issuer).protocol === 'http:' ? [allowInsecureRequests] : [];
  const client = await discovery(new URL(issuer), clientId, undefined, clientAuth(clientSecret), {
    timeout: TIMEOUT_SECONDS,
    // The signature is checked too, although the token comes from the provider directly.
    execute: [enableNonRepudiationChecks, ...insecure],
  });
  const server = client.serverMetadata();
  for (const field of ['authorization_endpoint', 'token_endpoint', 'jwks_uri'] as const) {
    if (!URL.canParse(server[field] ?? '')) throw new Error(`The provider's description names no ${field}`);
  }
  return client;
}

/** HTTP Basic is the default of the standard; some providers take the secret in the body only. */
function clientAuth(clientSecret: string): ClientAuth {
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const authenticate = methods && !methods.includes('client_secret_basic') ? post : basic;
    return authenticate(server, client, body, headers);
  };
}

/** Claims of the ID token; providers that keep e-mail and name out of it give them as user info. */
async function claimsOf(
  client: Configuration,
  callback: URL,
  checks: { pkceCodeVerifier: string; expectedState: string; expectedNonce: string },
): Promise<Record<string, unknown>> {
  const tokens = await authorizationCodeGrant(client, callback, { ...checks, idTokenExpected: true });
  const claims = tokens.claims()!;
  if (claims['email'] !== undefined || !client.serverMetadata().userinfo_endpoint) return claims;
  return { ...(await fetchUserInfo(client, tokens.access_token, claims.sub)), iss: claims.iss };
}

/** Faults of the way to the provider, not of what it said. */
const UNREACHABLE = [
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_INVALID_SERVER_METADATA',
];

/** Whether what came back was wrong (forged, replayed, for somebody else), in contrast to a provider out of order. */
function isUntrusted(error: unknown): boolean {
  if (error instanceof ResponseBodyError) return error.error === 'invalid_grant';
  return error instanceof ClientError && error.code !== undefined && !UNREACHABLE.includes(error.code);
}
