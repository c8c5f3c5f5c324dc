import type { Environment } from './environment.js';

/** A platform where creators post, with the credentials of the program's application there. */
export interface SocialPlatformSettings {
  clientId: string;
  clientSecret: string;
  /** Origins without a trailing slash: of the page where people agree, of its tokens, of its API. */
  loginUrl: string;
  tokenUrl: string;
  apiUrl: string;
}

const CREDENTIALS = {
  instagram: ['INSTAGRAM_CLIENT_ID', 'INSTAGRAM_CLIENT_SECRET'],
  youtube: ['YOUTUBE_CLIENT_ID', 'YOUTUBE_CLIENT_SECRET'],
  tiktok: ['TIKTOK_CLIENT_KEY', 'TIKTOK_CLIENT_SECRET'],
} as const;

const ADDRESSES = {
  instagram: ['INSTAGRAM_LOGIN_URL', 'INSTAGRAM_TOKEN_URL', 'INSTAGRAM_API_URL'],
  youtube: ['YOUTUBE_LOGIN_URL', 'YOUTUBE_TOKEN_URL', 'YOUTUBE_API_URL'],
  tiktok: ['TIKTOK_LOGIN_URL', 'TIKTOK_API_URL', 'TIKTOK_API_URL'],
} as const;

export type SocialPlatformName = keyof typeof CREDENTIALS;
const NAMES = Object.keys(CREDENTIALS) as SocialPlatformName[];

/** The platforms' settings; null for those where the program has no application. */
export type SocialPlatforms = Readonly<Record<SocialPlatformName, SocialPlatformSettings | null>>;

/** The variables that connect a platform. */
export function socialCredentialNames(platform: SocialPlatformName): readonly string[] {
  return CREDENTIALS[platform];
}

/** Reads the platforms' settings. */
export function socialPlatforms(environment: Environment): SocialPlatforms {
  const settings = NAMES.map((name) => [name, settingsOf(environment, name)] as const);
  return Object.fromEntries(settings) as unknown as SocialPlatforms;
}

/** What is wrong with the platforms' settings: half of the credentials, or addresses that are not safe. */
export function socialFaults(environment: Environment): string[] {
  return NAMES.flatMap((name) => {
    const [id, secret] = CREDENTIALS[name];
    const faults: string[] = [];
    if (environment[id] && !environment[secret]) faults.push(`${secret} is required with ${id}`);
    if (environment[secret] && !environment[id]) faults.push(`${id} is required with ${secret}`);
    if (environment.NODE_ENV !== 'production') return faults;
    const open = [...new Set(ADDRESSES[name])].filter((address) => environment[address].startsWith('http:'));
    return [
      ...faults,
      ...open.map((address) => `${address} must begin with https:// in production: it takes tokens`),
    ];
  });
}

function settingsOf(environment: Environment, name: SocialPlatformName): SocialPlatformSettings | null {
  const [clientId, clientSecret] = CREDENTIALS[name].map((variable) => environment[variable]);
  if (!clientId || !clientSecret) return null;
  const [login, token, api] = ADDRESSES[name];
  return {
    clientId,
    clientSecret,
    loginUrl: environment[login],
    tokenUrl: environment[token],
    apiUrl: environment[api],
  };
}
