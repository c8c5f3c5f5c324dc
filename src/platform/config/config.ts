import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Duration } from 'luxon';
import { type Limits, limitsOf } from '../limits/limits.js';
import { DEVELOPMENT_ENCRYPTION_KEYS, DEVELOPMENT_JWT_SECRET, Environment } from './environment.js';
import {
  payoutDebtor,
  type PayoutDebtor,
  payoutFaults,
  type PaypalSettings,
  paypalSettings,
} from './payouts.js';
import { type OidcProvider, readOidcProviders } from './oidc-providers.js';
import { socialFaults, type SocialPlatforms, socialPlatforms } from './social-platforms.js';

/** Where files lie in an S3-compatible store. */
export interface S3Settings {
  bucket: string;
  /** Origin of the store; null for AWS. */
  endpoint: string | null;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Whether the bucket stands in the path instead of the host name. */
  pathStyle: boolean;
}

/** Every setting of the program, checked at boot, under the names that code uses. */
export class Config {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string | null;
  /** Of the role that owns the tables; null where the program's own does. */
  readonly databaseOwnerUrl: string | null;
  /** Of the standbys that reports are read from. */
  readonly databaseReplicaUrls: readonly string[];
  /** Most connections to each server. */
  readonly databasePoolSize: number;
  readonly dataDirectory: string;
  /** Store of files; null for the data directory. */
  readonly s3: S3Settings | null;
  readonly production: boolean;
  /** Whether the first start loads the demo program. */
  readonly demo: boolean;
  readonly adminEmail: string | null;
  readonly adminPassword: string | null;
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  /** Told of new messages in tickets; null for nobody. */
  readonly supportEmail: string | null;
  /** Secret of the mail gateway; null where mails are not taken in. */
  readonly inboundMailSecret: string | null;
  /** `host:port` pairs that outbound calls may reach although private. */
  readonly outboundAllow: readonly string[];
  readonly role: 'all' | 'web' | 'worker';
  readonly trustedProxies: readonly string[];
  /** Path of a MaxMind database that tells countries of addresses. */
  readonly geoIpDatabase: string | null;
  /** Lowercase name of the header in which trusted proxies name the visitor's country. */
  readonly countryHeader: string | null;
  /** Path of the list of data centres' addresses. */
  readonly datacenterRanges: string | null;
  /** Milliseconds within which a visitor's second visit to a promo is a duplicate. */
  readonly duplicateVisitMs: number;
  /** IANA zone of the program's days. */
  readonly timeZone: string;
  /** How long a statement of a report may take while somebody waits for it. */
  readonly reportTimeLimitMs: number;
  /** Euros, decimal text, above which bills and balance corrections take two operators; null for never. */
  readonly approvalLimit: string | null;
  readonly rateLimits: Limits;
  /** Account that payouts by bank transfer come from; null where none are made. */
  readonly payoutDebtor: PayoutDebtor | null;
  /** PayPal's API; null where it makes no payouts. */
  readonly paypal: PaypalSettings | null;
  /** Platforms whose accounts creators connect. */
  readonly socialPlatforms: SocialPlatforms;
  /** How long a call to one of them may take. */
  readonly socialTimeoutMs: number;
  /** Units of YouTube's API that may be used up a day. */
  readonly youtubeDailyQuota: number;
  /** Folder of the ECB's files of reference rates; null where none are fetched. */
  readonly ecbRatesUrl: string | null;
  /** Largest body of a brand's backfill, as sent and after decompression. */
  readonly maxBackfillBytes: number;
  readonly logLevel: string;
  /** Whether operators who impersonate a partner may act financially for it (rule 9.4). */
  readonly impersonatedFinancialActions: boolean;
  /** Milliseconds by which the clock is moved. */
  readonly clockOffsetMs: number;
  readonly jwtSecret: string;
  /** `keyId:base64` pairs; the first encrypts. */
  readonly encryptionKeys: readonly string[];
  /** Origin of links in mails and of tracking links, without a trailing slash. */
  readonly publicUrl: string;
  /** Page on which partners sign up: a frontend's, or the program's own. */
  readonly signUpUrl: string;
  readonly oidcProviders: readonly OidcProvider[];
  /** Addresses of frontends to which a sign-in by an OpenID provider may return. */
  readonly oidcReturnUrls: readonly string[];

  constructor(environment: Environment) {
    this.port = environment.PORT;
    this.host = environment.HOST;
    this.databaseUrl = environment.DATABASE_URL ?? null;
    this.databaseOwnerUrl = environment.DATABASE_OWNER_URL ?? null;
    this.databaseReplicaUrls = environment.DATABASE_REPLICA_URLS;
    this.databasePoolSize = environment.DATABASE_POOL_SIZE;
    this.dataDirectory = environment.TRIBUTARY_DATA_DIR;
    this.s3 = s3Settings(environment);
    this.production = environment.NODE_ENV === 'production';
    this.demo = environment.TRIBUTARY_DEMO === 'on' && !this.production;
    this.adminEmail = environment.ADMIN_EMAIL ?? null;
    this.adminPassword = environment.ADMIN_PASSWORD ?? null;
    this.smtpUrl = environment.SMTP_URL ?? null;
    this.mailFrom = environment.MAIL_FROM;
    this.supportEmail = environment.SUPPORT_EMAIL ?? null;
    this.inboundMailSecret = environment.SUPPORT_INBOUND_SECRET ?? null;
    this.outboundAllow = environment.OUTBOUND_ALLOW;
    this.role = environment.ROLE;
    this.trustedProxies = environment.TRUSTED_PROXIES;
    this.geoIpDatabase = environment.GEOIP_DATABASE ?? null;
    this.countryHeader = environment.COUNTRY_HEADER?.toLowerCase() ?? null;
    this.datacenterRanges = environment.DATACENTER_RANGES ?? null;
    this.duplicateVisitMs = environment.DUPLICATE_VISIT_HOURS * 60 * 60 * 1_000;
    this.timeZone = environment.PROGRAM_TIME_ZONE;
    this.reportTimeLimitMs = environment.REPORT_TIME_LIMIT_MS;
    this.approvalLimit = environment.APPROVAL_LIMIT ?? null;
    this.payoutDebtor = payoutDebtor(environment);
    this.paypal = paypalSettings(environment);
    this.socialPlatforms = socialPlatforms(environment);
    this.socialTimeoutMs = environment.SOCIAL_TIMEOUT_SECONDS * 1_000;
    this.youtubeDailyQuota = environment.YOUTUBE_DAILY_QUOTA;
    this.rateLimits = limitsOf(environment.RATE_LIMITS);
    this.ecbRatesUrl = environment.ECB_RATES_URL === 'off' ? null : environment.ECB_RATES_URL;
    this.maxBackfillBytes = environment.SYNC_BACKFILL_MIB * 1024 ** 2;
    this.logLevel = environment.LOG_LEVEL;
    this.impersonatedFinancialActions = environment.IMPERSONATION_FINANCIAL === 'on';
    this.clockOffsetMs = clockOffsetMs(environment);
    this.jwtSecret = environment.TRIBUTARY_JWT_SECRET;
    this.encryptionKeys = environment.TRIBUTARY_ENCRYPTION_KEYS;
    this.publicUrl = environment.PUBLIC_URL ?? `http://localhost:${environment.PORT}`;
    this.signUpUrl = environment.SIGN_UP_URL ?? `${this.publicUrl}/sign-up`;
    this.oidcProviders = readOidcProviders(environment.OIDC_PROVIDERS, this.production).providers;
    this.oidcReturnUrls = environment.OIDC_RETURN_URLS;
  }

  /** The same settings in another role, for commands. */
  withRole(role: Config['role']): Config {
    return Object.assign(Object.create(Config.prototype) as Config, this, { role });
  }

  /** Whether this process does background work. */
  get worker(): boolean {
    return this.role !== 'web';
  }
}

/**
 * Reads and checks the settings.
 * @param variables environment variables by name; empty ones count as absent
 * @throws Error that lists every faulty variable and the form it must have
 */
export function readConfig(variables: Record<string, string | undefined> = process.env): Config {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value));
  const environment = plainToInstance(Environment, given, { exposeDefaultValues: true });
  const faults = validateSync(environment).flatMap((error) => Object.values(error.constraints ?? {}));
  faults.push(
    ...clockFaults(environment),
    ...replicaFaults(environment),
    ...s3Faults(environment),
    ...countryFaults(environment),
    ...payoutFaults(environment),
    ...socialFaults(environment),
    ...productionFaults(environment, given),
  );
  faults.push(...readOidcProviders(environment.OIDC_PROVIDERS, environment.NODE_ENV === 'production').faults);
  if (faults.length > 0) throw new Error(`The configuration is not usable:\n- ${faults.join('\n- ')}`);
  return new Config(environment);
}

function clockOffsetMs({ TRIBUTARY_CLOCK_OFFSET: offset }: Environment): number {
  return offset ? Duration.fromISO(offset).toMillis() : 0;
}

function clockFaults({ TRIBUTARY_CLOCK_OFFSET: offset, NODE_ENV }: Environment): string[] {
  if (!offset) return [];
  if (NODE_ENV === 'production') return ['TRIBUTARY_CLOCK_OFFSET is refused in production'];
  return Duration.fromISO(offset).isValid
    ? []
    : ['TRIBUTARY_CLOCK_OFFSET must be an ISO 8601 duration such as P31D'];
}

/** Never with a URL: it may hold a password. */
function replicaFaults({ DATABASE_REPLICA_URLS: urls, DATABASE_URL }: Environment): string[] {
  if (!urls.every((url) => /^postgres(ql)?:\/\/[^/]/.test(url) && URL.canParse(url))) {
    return ['DATABASE_REPLICA_URLS must be addresses such as postgres://host:5432/name, comma-separated'];
  }
  if (urls.length === 0 || DATABASE_URL) return [];
  return ['DATABASE_URL is required with DATABASE_REPLICA_URLS: the embedded database has no replicas'];
}

function s3Settings(environment: Environment): S3Settings | null {
  const { S3_BUCKET, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = environment;
  if (!S3_BUCKET || !S3_ACCESS_KEY_ID || !S3_SECRET_ACCESS_KEY) return null;
  return {
    bucket: S3_BUCKET,
    endpoint: environment.S3_ENDPOINT ?? null,
    region: environment.S3_REGION,
    accessKeyId: S3_ACCESS_KEY_ID,
    secretAccessKey: S3_SECRET_ACCESS_KEY,
    pathStyle: environment.S3_PATH_STYLE === 'on',
  };
}

/** Half a store would silently be none: whoever names one part names all that it takes. */
function s3Faults(environment: Environment): string[] {
  const needed = ['S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;
  const missing = needed.filter((name) => !environment[name]);
  if (missing.length === 0 || (missing.length === needed.length && !environment.S3_ENDPOINT)) return [];
  return missing.map((name) => `${name} is required when files go to an S3-compatible store`);
}

/** A header that everybody could send would let every visitor choose a country. */
function countryFaults({ COUNTRY_HEADER, TRUSTED_PROXIES }: Environment): string[] {
  if (!COUNTRY_HEADER || TRUSTED_PROXIES.length > 0) return [];
  return ['TRUSTED_PROXIES is required with COUNTRY_HEADER: the header is believed from them only'];
}

function productionFaults(environment: Environment, given: Record<string, unknown>): string[] {
  if (environment.NODE_ENV !== 'production') return [];
  const faults = ['TRIBUTARY_JWT_SECRET', 'TRIBUTARY_ENCRYPTION_KEYS', 'PUBLIC_URL']
    .filter((name) => !(name in given))
    .map((name) => `${name} is required in production`);
  if (environment.ECB_RATES_URL.startsWith('http:')) {
    faults.push('ECB_RATES_URL must begin with https:// in production: rates decide about money');
  }
  if (environment.PAYPAL_URL.startsWith('http:')) {
    faults.push('PAYPAL_URL must begin with https:// in production: it takes credentials and pays money');
  }
  if (given['TRIBUTARY_JWT_SECRET'] === DEVELOPMENT_JWT_SECRET) {
    faults.push('TRIBUTARY_JWT_SECRET must not be the development default');
  }
  if (
    'TRIBUTARY_ENCRYPTION_KEYS' in given &&
    environment.TRIBUTARY_ENCRYPTION_KEYS.some((pair) => keyOf(pair) === keyOf(DEVELOPMENT_ENCRYPTION_KEYS))
  ) {
    faults.push('TRIBUTARY_ENCRYPTION_KEYS must not be the development default');
  }
  return faults;
}

/** The key of a `keyId:key` pair: under another id it is the same key. */
function keyOf(pair: string): string | undefined {
  return pair.split(':')[1];
}
