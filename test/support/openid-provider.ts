import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Browser, Page } from './browser.js';

/** What the provider knows about somebody. */
interface Account {
  email?: string;
  email_verified?: boolean;
  name?: string;
}

export interface OpenIdProvider {
  issuer: string;
  /** Those who have an account, by the login they enter, which is also their subject. */
  accounts: Map<string, Account>;
  /** Enters the login where the page asks for one, and agrees to what it asks. */
  signIn(browser: Browser, page: Page, login: string): Promise<Page>;
  /** Declines at the page. */
  decline(browser: Browser, page: Page): Promise<Page>;
  stop(): Promise<void>;
}

export const CLIENT = { clientId: 'tributary', clientSecret: 'a secret that both sides know' };

/**
 * Starts a real OpenID provider (the library `oidc-provider`) on a loopback port. It insists on PKCE, and gives e-mail
 * and name as user info only, as the standard has it.
 * @param redirectUri where its one client may be sent back to
 */
export async function startOpenIdProvider(redirectUri: string): Promise<OpenIdProvider> {
  const server = createServer();
  const issuer = await listen(server);
  const accounts = new Map<string, Account>();
  const provider = new Provider(issuer, {
    clients: [
      { client_id: CLIENT.clientId, client_secret: CLIENT.clientSecret, redirect_uris: [redirectUri] },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['a key of the test'] },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...accounts.get(sub) }) }),
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  return {
    issuer,
    accounts,
    async signIn(browser, page, login) {
      for (;;) {
        const prompt = /name="prompt" value="(\w+)"/.exec(page.text)?.[1];
        if (page.url.origin !== issuer || !prompt) return page;
        const action = new URL(/action="([^"]+)"/.exec(page.text)![1]!, page.url);
        page = await browser.open(action, { prompt, login, password: 'any' });
      }
    },
    decline: (browser, page) => browser.open(`${page.url.href}/abort`),
    stop: () => stop(server),
  };
}

/** Listens on a free loopback port and gives the origin. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops listening and cuts what is still open. */
export async function stop(server: Server): Promise<void> {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}
