import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { CLIENT, listen, stop } from './openid-provider.js';

/** How the provider misbehaves; what is absent is done right. */
export interface Forgery {
  header?: object;
  claims?: object;
  /** Signature of the ID token: by an unknown key, by the client's secret, or none at all. */
  signature?: 'foreign' | 'secret' | 'none';
  /** What the token endpoint answers instead. */
  token?: { status: number; body: string; type?: string } | 'hang' | 'reset';
  /** What the browser is sent back with beside, or instead of, code and state. */
  redirect?: Record<string, string>;
  /** Statuses of other endpoints, by path. */
  status?: Record<string, number>;
  /** Changes of its description. */
  metadata?: object;
}

export interface ForgingProvider {
  issuer: string;
  /** How it misbehaves from now on. */
  forge(forgery: Forgery): void;
  /** Paths that were asked for, oldest first. */
  asked: string[];
  stop(): Promise<void>;
}

const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Starts a provider that lies as it is told, for what an honest library refuses to do. It asks nobody to sign in. */
export async function startForgingProvider(): Promise<ForgingProvider> {
  let forgery: Forgery = {};
  const nonces = new Map<string, string>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void respond(request, response);
  });
  const issuer = await listen(server);

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, issuer);
    asked.push(url.pathname);
    const status = forgery.status?.[url.pathname] ?? 200;
    const json = (body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (url.pathname === '/.well-known/openid-configuration')
      json({ ...description(issuer), ...forgery.metadata });
    else if (url.pathname === '/jwks') json({ keys: [publicKey()] });
    else if (url.pathname === '/authorize') authorize(url, response);
    else if (url.pathname === '/token') await token(request, response, json);
    else response.writeHead(404).end();
  }

  function authorize({ searchParams }: URL, response: ServerResponse): void {
    const code = `code-${nonces.size}`;
    nonces.set(code, searchParams.get('nonce')!);
    const back = new URL(searchParams.get('redirect_uri')!);
    const sent = { code, state: searchParams.get('state')!, ...forgery.redirect };
    for (const [name, value] of Object.entries(sent)) if (value) back.searchParams.set(name, value);
    response.writeHead(302, { location: back.href }).end();
  }

  async function token(
    request: IncomingMessage,
    response: ServerResponse,
    json: (body: object) => void,
  ): Promise<void> {
    const code = new URLSearchParams(await text(request)).get('code')!;
    if (forgery.token === 'hang') return;
    if (forgery.token === 'reset') return void response.socket?.resetAndDestroy();
    if (forgery.token) {
      const { status, body, type = 'application/json' } = forgery.token;
      return void response.writeHead(status, { 'content-type': type }).end(body);
    }
    const id_token = idToken(forgery, { ...honestClaims(issuer), nonce: nonces.get(code) });
    json({ access_token: 'a', token_type: 'Bearer', expires_in: 60, id_token });
  }

  return { issuer, asked, forge: (next) => (forgery = next), stop: () => stop(server) };
}

function description(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
  };
}

function honestClaims(issuer: string): object {
  const now = Math.floor(Date.now() / 1_000);
  return {
    iss: issuer,
    aud: CLIENT.clientId,
    sub: 'victim',
    email: 'victim@example.com',
    email_verified: true,
    iat: now,
    exp: now + 300,
  };
}

function publicKey(): object {
  return { ...own.publicKey.export({ format: 'jwk' }), kid: 'own', use: 'sig', alg: 'RS256' };
}

function idToken({ header, claims, signature }: Forgery, honest: object): string {
  const alg = signature === 'none' ? 'none' : signature === 'secret' ? 'HS256' : 'RS256';
  const input = [
    { alg, kid: 'own', ...header },
    { ...honest, ...claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  if (signature === 'none') return `${input}.`;
  if (signature === 'secret') {
    return `${input}.${createHmac('sha256', CLIENT.clientSecret).update(input).digest('base64url')}`;
  }
  const key = signature === 'foreign' ? foreign.privateKey : own.privateKey;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}
