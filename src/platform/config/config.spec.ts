import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../limits/limits.js';
import { readConfig } from './config.js';
import { DEVELOPMENT_ENCRYPTION_KEYS, DEVELOPMENT_JWT_SECRET, Environment } from './environment.js';

const KEY = `k1:${Buffer.alloc(32, 1).toString('base64')}`;
const PRODUCTION = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://partners.example.com',
  TRIBUTARY_JWT_SECRET: 'a secret that is long enough for the purpose',
  TRIBUTARY_ENCRYPTION_KEYS: KEY,
};

const PROVIDER = {
  issuer: 'https://accounts.example.com',
  clientId: 'tributary',
  clientSecret: 'a provider secret',
};

function faultsOf(variables: Record<string, string>): string {
  try {
    readConfig(variables);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('readConfig', () => {
  it('needs nothing in development', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      port: 3000,
      host: '127.0.0.1',
      databaseUrl: null,
      demo: true,
      production: false,
      role: 'all',
      clockOffsetMs: 0,
      publicUrl: 'http://localhost:3000',
      signUpUrl: 'http://localhost:3000/sign-up',
    });
    expect(config.worker).toBe(true);
    expect(config.rateLimits).toEqual(DEFAULT_LIMITS);
  });

  it('takes empty variables for absent ones', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', TRIBUTARY_CLOCK_OFFSET: '' })).toMatchObject({
      port: 3000,
      databaseUrl: null,
    });
  });

  it('reads lists, numbers and durations', () => {
    const config = readConfig({
      PORT: '8080',
      ROLE: 'web',
      OUTBOUND_ALLOW: ' 127.0.0.1:9000, tracker.local:80 ,',
      TRUSTED_PROXIES: '10.0.0.0/8,::1',
      RATE_LIMITS: 'sign-in=5/60, read=10/1',
      TRIBUTARY_CLOCK_OFFSET: 'P1DT1S',
    });
    expect(config).toMatchObject({
      port: 8080,
      outboundAllow: ['127.0.0.1:9000', 'tracker.local:80'],
      trustedProxies: ['10.0.0.0/8', '::1'],
      clockOffsetMs: 86_401_000,
      worker: false,
      rateLimits: {
        ...DEFAULT_LIMITS,
        'sign-in': { requests: 5, seconds: 60 },
        read: { requests: 10, seconds: 1 },
      },
    });
  });

  it.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['PUBLIC_URL', 'partners.example.com'],
    ['PUBLIC_URL', 'https://partners.example.com/'],
    ['SIGN_UP_URL', '/join'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['DATABASE_POOL_SIZE', '1'],
    ['TRIBUTARY_DEMO', 'yes'],
    ['ADMIN_EMAIL', 'admin'],
    ['ADMIN_PASSWORD', 'short'],
    ['SMTP_URL', 'mail.example.com'],
    ['OUTBOUND_ALLOW', 'http://tracker.local'],
    ['ROLE', 'boss'],
    ['TRUSTED_PROXIES', 'everybody'],
    ['RATE_LIMITS', 'sign-in'],
    ['RATE_LIMITS', 'sign-in=0/60'],
    ['RATE_LIMITS', 'sign-in=5/60,logout=5/60'],
    ['LOG_LEVEL', 'loud'],
    ['IMPERSONATION_FINANCIAL', 'yes'],
    ['TRIBUTARY_CLOCK_OFFSET', 'a month'],
    ['TRIBUTARY_JWT_SECRET', 'short'],
    ['TRIBUTARY_ENCRYPTION_KEYS', 'k1:c2hvcnQ='],
    ['S3_BUCKET', 'My_Bucket'],
    ['S3_ENDPOINT', 's3.example.com'],
    ['S3_PATH_STYLE', 'yes'],
    ['TRIBUTARY_ENCRYPTION_KEYS', ','],
    ['TRIBUTARY_ENCRYPTION_KEYS', `${KEY},${KEY}`],
  ])('refuses to start with %s=%s and names the variable', (name, value) => {
    const message = faultsOf({ [name]: value });
    expect(message).toMatch(new RegExp(`^The configuration is not usable:\n- .*${name}`));
    expect(message).not.toContain('undefined');
  });

  it('B14 takes replicas of the database that it is given, and names no password of theirs', () => {
    const DATABASE_URL = 'postgres://app:secret@db-1/program';
    const [one, other] = ['postgres://app:secret@db-2:5433/program', 'postgresql://db-3/program'];
    const replicas = (urls: string) => ({ DATABASE_URL, DATABASE_REPLICA_URLS: urls });
    expect(readConfig(replicas(`${one}, ${other}`)).databaseReplicaUrls).toEqual([one, other]);
    expect(readConfig({ DATABASE_URL }).databaseReplicaUrls).toEqual([]);
    for (const wrong of ['db-2', 'mysql://app:secret@db-2/program', 'postgres://app:secret@db-2:x/program']) {
      const message = faultsOf(replicas(`${one},${wrong}`));
      expect(message).toContain('\n- DATABASE_REPLICA_URLS must be');
      expect(message).not.toContain('secret');
    }
    expect(faultsOf({ DATABASE_REPLICA_URLS: one })).toContain('DATABASE_URL is required with');
  });

  it('keeps files in the data directory, or in a bucket when all of it is named', () => {
    const S3 = { S3_BUCKET: 'files', S3_ACCESS_KEY_ID: 'id', S3_SECRET_ACCESS_KEY: 'secret' };
    expect(readConfig({}).s3).toBeNull();
    expect(readConfig({ ...S3, S3_PATH_STYLE: 'on' }).s3).toEqual({
      bucket: 'files',
      endpoint: null,
      region: 'us-east-1',
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      pathStyle: true,
    });
    for (const name of Object.keys(S3)) {
      expect(faultsOf({ ...S3, [name]: '' })).toContain(`${name} is required`);
    }
    expect(faultsOf({ S3_ENDPOINT: 'https://s3.example.com' })).toContain('S3_BUCKET is required');
  });

  it('T13 reads OpenID providers in their order, and where sign-in may return to', () => {
    const config = readConfig({
      OIDC_PROVIDERS: JSON.stringify({
        google: { ...PROVIDER, title: 'Google' },
        'our-idp': { ...PROVIDER, issuer: 'http://127.0.0.1:9000/realm' },
      }),
      OIDC_RETURN_URLS: 'https://app.example.com/signed-in, http://localhost:5173',
    });
    expect(config.oidcProviders).toEqual([
      { ...PROVIDER, name: 'google', title: 'Google' },
      { ...PROVIDER, name: 'our-idp', title: 'our-idp', issuer: 'http://127.0.0.1:9000/realm' },
    ]);
    expect(config.oidcReturnUrls).toEqual(['https://app.example.com/signed-in', 'http://localhost:5173']);
    expect(readConfig({})).toMatchObject({ oidcProviders: [], oidcReturnUrls: [] });
  });

  it.each([
    ['no JSON', 'google=https://accounts.google.com', 'OIDC_PROVIDERS must be a JSON object such as'],
    ['a list', '[]', 'OIDC_PROVIDERS must be a JSON object such as'],
    ['a wrong name', { 'My IdP': PROVIDER }, 'OIDC_PROVIDERS.My IdP: a provider'],
    ['a reserved name', { finish: PROVIDER }, 'OIDC_PROVIDERS.finish: a provider'],
    ['no object', { google: 'x' }, 'OIDC_PROVIDERS.google must be an object'],
    ['a missing field', { google: { ...PROVIDER, clientId: '' } }, 'OIDC_PROVIDERS.google.clientId must be'],
    [
      'a wrong type',
      { google: { ...PROVIDER, clientSecret: 7 } },
      'OIDC_PROVIDERS.google.clientSecret must be',
    ],
    [
      'an unknown field',
      { google: { ...PROVIDER, client_id: 'x' } },
      'OIDC_PROVIDERS.google.client_id is not',
    ],
    ['no address', { google: { ...PROVIDER, issuer: 'accounts' } }, 'OIDC_PROVIDERS.google.issuer must be'],
    [
      'a query',
      { google: { ...PROVIDER, issuer: 'https://a.b/?c=d' } },
      'OIDC_PROVIDERS.google.issuer must be',
    ],
  ])('T13 refuses providers with %s and names the place, without the secret', (_, value, fault) => {
    const message = faultsOf({ OIDC_PROVIDERS: typeof value === 'string' ? value : JSON.stringify(value) });
    expect(message).toContain(`\n- ${fault}`);
    expect(message).not.toContain(PROVIDER.clientSecret);
  });

  it.each([
    '//evil.example',
    'app.example.com',
    'https://a.example/?x=1',
    'https://a@b.example',
    'javascript:x',
  ])('T13 refuses %s as an address to return to', (address) =>
    expect(faultsOf({ OIDC_RETURN_URLS: address })).toContain('OIDC_RETURN_URLS must be'),
  );

  it('lists every faulty variable at once', () => {
    const message = faultsOf({ PORT: '-1', ROLE: 'x', TRIBUTARY_CLOCK_OFFSET: 'x' });
    for (const name of ['PORT', 'ROLE', 'TRIBUTARY_CLOCK_OFFSET']) expect(message).toContain(name);
  });

  describe('in production', () => {
    it('starts with its own secrets, and without the demo', () => {
      expect(readConfig({ ...PRODUCTION, TRIBUTARY_DEMO: 'on' })).toMatchObject({
        production: true,
        demo: false,
      });
    });

    it.each(['PUBLIC_URL', 'TRIBUTARY_JWT_SECRET', 'TRIBUTARY_ENCRYPTION_KEYS'])(
      'refuses a missing %s',
      (name) => {
        expect(faultsOf({ ...PRODUCTION, [name]: '' })).toContain(`${name} is required in production`);
      },
    );

    it.each([
      ['TRIBUTARY_JWT_SECRET', DEVELOPMENT_JWT_SECRET],
      ['TRIBUTARY_ENCRYPTION_KEYS', DEVELOPMENT_ENCRYPTION_KEYS],
      ['TRIBUTARY_ENCRYPTION_KEYS', DEVELOPMENT_ENCRYPTION_KEYS.replace('dev:', 'prod:')],
      ['TRIBUTARY_ENCRYPTION_KEYS', `${KEY},${DEVELOPMENT_ENCRYPTION_KEYS}`],
    ])('refuses the development default of %s (%s)', (name, value) => {
      expect(faultsOf({ ...PRODUCTION, [name]: value })).toContain(
        `${name} must not be the development default`,
      );
    });

    it('A13 refuses exchange rates by plain http', () => {
      expect(faultsOf({ ...PRODUCTION, ECB_RATES_URL: 'http://mirror.example/rates' })).toContain(
        'ECB_RATES_URL must begin with https://',
      );
      expect(readConfig({ ...PRODUCTION, ECB_RATES_URL: 'off' }).ecbRatesUrl).toBeNull();
      expect(readConfig({ ECB_RATES_URL: 'http://localhost:8080/rates' }).ecbRatesUrl).toContain('localhost');
    });

    it('B09 refuses to pay by plain http', () => {
      expect(faultsOf({ ...PRODUCTION, PAYPAL_URL: 'http://paypal.example' })).toContain(
        'PAYPAL_URL must begin with https://',
      );
    });

    it('T13 refuses an OpenID provider without https', () => {
      const google = { ...PROVIDER, issuer: 'http://accounts.example.com' };
      expect(faultsOf({ ...PRODUCTION, OIDC_PROVIDERS: JSON.stringify({ google }) })).toContain(
        'OIDC_PROVIDERS.google.issuer must be an https address',
      );
    });

    it('refuses a moved clock', () => {
      expect(faultsOf({ ...PRODUCTION, TRIBUTARY_CLOCK_OFFSET: 'P1D' })).toContain('TRIBUTARY_CLOCK_OFFSET');
    });
  });

  it('B09 takes the accounts of payouts whole, and with right checksums', () => {
    const debtor = {
      PAYOUT_DEBTOR_NAME: 'Tributary',
      PAYOUT_DEBTOR_IBAN: 'de89 3704 0044 0532 0130 00',
      PAYOUT_DEBTOR_BIC: 'cobadeffxxx',
    };
    const { payoutDebtor } = readConfig(debtor);
    expect(payoutDebtor).toEqual({ name: 'Tributary', iban: 'DE89370400440532013000', bic: 'COBADEFFXXX' });
    expect(readConfig({}).payoutDebtor).toBeNull();
    expect(readConfig({}).paypal).toBeNull();
    expect(faultsOf({ ...debtor, PAYOUT_DEBTOR_BIC: '' })).toContain('PAYOUT_DEBTOR_BIC is required with');
    expect(faultsOf({ ...debtor, PAYOUT_DEBTOR_IBAN: 'DE88370400440532013000' })).toContain(
      'PAYOUT_DEBTOR_IBAN must be an IBAN',
    );
    expect(faultsOf({ ...debtor, PAYOUT_DEBTOR_BIC: 'COBA' })).toContain('PAYOUT_DEBTOR_BIC must be a BIC');
    expect(faultsOf({ PAYPAL_CLIENT_ID: 'id' })).toContain(
      'PAYPAL_CLIENT_SECRET is required with PAYPAL_CLIENT_ID',
    );
  });

  it('has every variable in the configuration table of the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../../README.md'), 'utf8');
    const documented = [...readme.matchAll(/^\| *`([A-Z][A-Z0-9_]*)`/gm)].map(([, name]) => name);
    expect(documented.toSorted()).toEqual(variablesOf(Environment).toSorted());
  });
});

/** Optional fields have no default, so that an instance does not name them all: the source does. */
function variablesOf(schema: typeof Environment): string[] {
  const source = readFileSync(join(import.meta.dirname, 'environment.ts'), 'utf8');
  const names = [...source.matchAll(/^ {2}([A-Z][A-Z0-9_]*)\??(?:: [^=;]+)?(?: =|;)/gm)].map(
    ([, name]) => name!,
  );
  expect(names).toEqual(expect.arrayContaining(Object.keys(new schema())));
  return names;
}
