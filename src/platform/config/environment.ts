import { Transform } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { join } from 'node:path';
import { IsHttpUrl } from '../http/is-http-url.js';
import { IsTimeZone } from '../http/is-time-zone.js';
import { LIMIT_FORM, LIMIT_NAMES } from '../limits/limits.js';

const list = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string'
    ? value.split(',').map((item) => item.trim()).filter(Boolean)
    : value,
); // prettier-ignore

/** An address without path: `https://host`, or `http://host:port` in development. */
const origin = (example: string) =>
  Matches(/^https?:\/\/[^\s/?#@]+$/, { message: `$property must be an origin such as ${example}` });

/** Where the program keeps its embedded database and files when nothing else is said. */
const DEFAULT_DATA_DIRECTORY = '.data';

/** Secrets of a development installation; production refuses them. */
export const DEVELOPMENT_JWT_SECRET = 'development-only-jwt-secret-change-me-please';
export const DEVELOPMENT_ENCRYPTION_KEYS = `dev:${Buffer.alloc(32, 7).toString('base64')}`;

/** The environment variables of the program: names, forms and defaults. The README's table lists every one. */
export class Environment {
  /** TCP port; 0 takes a free one. */
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(0)
  @Max(65_535)
  PORT = 3000;

  /** Address to listen on. */
  @IsString()
  HOST = '127.0.0.1';

  /** Address under which people and brands reach the program; links in mails begin with it. */
  @IsOptional()
  @Matches(/^https?:\/\/[^/?#]+$/, {
    message: 'PUBLIC_URL must be an origin such as https://partners.example.com',
  })
  PUBLIC_URL?: string;

  /** Page of a frontend on which partners sign up; links of inviters lead there. */
  @IsOptional()
  @IsHttpUrl()
  SIGN_UP_URL?: string;

  /** PostgreSQL to use; without it the embedded one starts. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must begin with postgres://' })
  DATABASE_URL?: string;

  /** The same database as the role that owns the tables and migrates them; then that of DATABASE_URL need not. */
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_OWNER_URL must begin with postgres://' })
  DATABASE_OWNER_URL?: string;

  /** Standbys of the same database that reports are read from, comma-separated; each the address of one server. */
  @list
  DATABASE_REPLICA_URLS: string[] = [];

  /** Folder of the embedded database and, without a bucket, of files. */
  @IsString()
  TRIBUTARY_DATA_DIR = join(process.cwd(), DEFAULT_DATA_DIRECTORY);

  /** Bucket of an S3-compatible store that takes the files instead of the folder; needs the two keys. */
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, {
    message: 'S3_BUCKET must be a bucket name: 3 to 63 lowercase letters, digits, dots or hyphens',
  })
  S3_BUCKET?: string;

  /** Address of the store; without it that of AWS in the region. */
  @IsOptional()
  @Matches(/^https?:\/\/[^/?#]+$/, {
    message: 'S3_ENDPOINT must be an origin such as https://s3.example.com',
  })
  S3_ENDPOINT?: string;

  @IsString()
  S3_REGION = 'us-east-1';

  @IsOptional()
  @IsString()
  S3_ACCESS_KEY_ID?: string;

  @IsOptional()
  @IsString()
  S3_SECRET_ACCESS_KEY?: string;

  /** `on` puts the bucket into the path instead of the host name, as most stores beside AWS want it. */
  @IsIn(['on', 'off'])
  S3_PATH_STYLE = 'off';

  /** `on` loads a demo program at the first start; always off in production. */
  @IsIn(['on', 'off'])
  TRIBUTARY_DEMO = 'on';

  /** E-mail and password of the first operator, made when there is none yet. */
  @IsOptional()
  @IsEmail({}, { message: 'ADMIN_EMAIL must be an e-mail address' })
  ADMIN_EMAIL?: string;

  @IsOptional()
  @MinLength(8)
  ADMIN_PASSWORD?: string;

  /** Mail server; without it mails land in the development mailbox. */
  @IsOptional()
  @Matches(/^smtps?:\/\//, { message: 'SMTP_URL must begin with smtp:// or smtps://' })
  SMTP_URL?: string;

  /** Sender of the program's mails. */
  @IsString()
  MAIL_FROM = 'Tributary <no-reply@localhost>';

  /** The support's address: told of new messages in tickets, and answered to by mails about them. */
  @IsOptional()
  @IsEmail({}, { message: 'SUPPORT_EMAIL must be an e-mail address' })
  SUPPORT_EMAIL?: string;

  /** Secret by which a mail gateway signs the mails that it hands on to tickets; without it none are taken. */
  @IsOptional()
  @MinLength(32)
  SUPPORT_INBOUND_SECRET?: string;

  /** `host:port` pairs that postbacks may reach although they are private, comma-separated. */
  @list
  @Matches(/^[^\s:/]+:[0-9]{1,5}$|^\[[0-9a-fA-F:]+\]:[0-9]{1,5}$/, {
    each: true,
    message: 'OUTBOUND_ALLOW must be host:port pairs, comma-separated',
  })
  OUTBOUND_ALLOW: string[] = [];

  /** `web` answers requests, `worker` does background work, `all` both. */
  @IsIn(['all', 'web', 'worker'])
  ROLE: 'all' | 'web' | 'worker' = 'all';

  /** Proxies (addresses or CIDR ranges) whose X-Forwarded-For is believed, comma-separated. */
  @list
  @Matches(/^[0-9a-fA-F:.]+(\/[0-9]{1,3})?$/, {
    each: true,
    message: 'TRUSTED_PROXIES must be IP addresses or CIDR ranges, comma-separated',
  })
  TRUSTED_PROXIES: string[] = [];

  /** MaxMind database (`.mmdb`) that tells the country of a visitor's address. */
  @IsOptional()
  @IsString()
  GEOIP_DATABASE?: string;

  /** Header in which a trusted proxy names the visitor's country, for addresses that the database does not know. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9-]{1,100}$/, { message: 'COUNTRY_HEADER must be a header name such as cf-ipcountry' })
  COUNTRY_HEADER?: string;

  /** File of the addresses of data centres, one address or CIDR range a line. */
  @IsOptional()
  @IsString()
  DATACENTER_RANGES?: string;

  /** A visit repeats an earlier one of the same visitor to the same promo when less than so many hours lie between. */
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(1)
  @Max(168)
  DUPLICATE_VISIT_HOURS = 24;

  /** IANA zone whose days, months and years reports show when nobody asks for another. */
  @IsTimeZone()
  PROGRAM_TIME_ZONE = 'UTC';

  /** Milliseconds that one statement of a report may take while somebody waits; then the report goes to the background. */
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(1)
  @Max(15_000)
  REPORT_TIME_LIMIT_MS = 10_000;

  /** Bills and balance corrections of more, in euros at the day's exchange rate, take two operators; without it one. */
  @IsOptional()
  @Matches(/^\d{1,12}(\.\d{1,2})?$/, {
    message: 'APPROVAL_LIMIT must be an amount in euros such as 5000.00',
  })
  APPROVAL_LIMIT?: string;

  /** Account that payouts by bank transfer come from: its holder, IBAN and BIC; all three or none. */
  @IsOptional()
  @IsString()
  @MaxLength(70)
  PAYOUT_DEBTOR_NAME?: string;

  @IsOptional()
  @IsString()
  PAYOUT_DEBTOR_IBAN?: string;

  @IsOptional()
  @IsString()
  PAYOUT_DEBTOR_BIC?: string;

  /** PayPal's API that payouts are made by. */
  @Matches(/^https?:\/\/[^\s/?#@]+$/, {
    message: 'PAYPAL_URL must be an origin such as https://api-m.paypal.com',
  })
  PAYPAL_URL = 'https://api-m.paypal.com';

  /** Credentials of the PayPal application; both or none. */
  @IsOptional()
  @IsString()
  PAYPAL_CLIENT_ID?: string;

  @IsOptional()
  @IsString()
  PAYPAL_CLIENT_SECRET?: string;

  /** Seconds that PayPal may take for an answer before it is asked again. */
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(1)
  @Max(60)
  PAYPAL_TIMEOUT_SECONDS = 30;

  /** Credentials of the program's application at Instagram (API with Instagram Login); both or none. */
  @IsOptional()
  @IsString()
  INSTAGRAM_CLIENT_ID?: string;

  @IsOptional()
  @IsString()
  INSTAGRAM_CLIENT_SECRET?: string;

  /** Where creators agree, where codes become tokens, and the API. */
  @origin('https://www.instagram.com')
  INSTAGRAM_LOGIN_URL = 'https://www.instagram.com';

  @origin('https://api.instagram.com')
  INSTAGRAM_TOKEN_URL = 'https://api.instagram.com';

  @origin('https://graph.instagram.com')
  INSTAGRAM_API_URL = 'https://graph.instagram.com';

  /** Credentials of the program's application at Google, with the YouTube Data API enabled; both or none. */
  @IsOptional()
  @IsString()
  YOUTUBE_CLIENT_ID?: string;

  @IsOptional()
  @IsString()
  YOUTUBE_CLIENT_SECRET?: string;

  @origin('https://accounts.google.com')
  YOUTUBE_LOGIN_URL = 'https://accounts.google.com';

  @origin('https://oauth2.googleapis.com')
  YOUTUBE_TOKEN_URL = 'https://oauth2.googleapis.com';

  @origin('https://www.googleapis.com')
  YOUTUBE_API_URL = 'https://www.googleapis.com';

  /** Units of the YouTube Data API that the program may use up a day. */
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(100)
  @Max(1_000_000_000)
  YOUTUBE_DAILY_QUOTA = 10_000;

  /** Credentials of the program's application at TikTok (Login Kit, Display API); both or none. */
  @IsOptional()
  @IsString()
  TIKTOK_CLIENT_KEY?: string;

  @IsOptional()
  @IsString()
  TIKTOK_CLIENT_SECRET?: string;

  @origin('https://www.tiktok.com')
  TIKTOK_LOGIN_URL = 'https://www.tiktok.com';

  @origin('https://open.tiktokapis.com')
  TIKTOK_API_URL = 'https://open.tiktokapis.com';

  /** Seconds that one of these platforms may take for an answer. */
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(1)
  @Max(60)
  SOCIAL_TIMEOUT_SECONDS = 15;

  /** Rate limits that differ from their defaults, `name=requests/seconds`, comma-separated. */
  @list
  @Matches(LIMIT_FORM, {
    each: true,
    message: `RATE_LIMITS must be name=requests/seconds, comma-separated, with the names ${LIMIT_NAMES.join(', ')}`,
  })
  RATE_LIMITS: string[] = [];

  /** Folder of the ECB's files of reference rates, or of a mirror; `off` fetches none. */
  @Matches(/^(off|https?:\/\/[^\s?#@]+[^\s?#@/])$/, {
    message:
      'ECB_RATES_URL must be the address of a folder such as https://www.ecb.europa.eu/stats/eurofxref, or off',
  })
  ECB_RATES_URL = 'https://www.ecb.europa.eu/stats/eurofxref';

  /** Verbosity of the structured log. */
  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
  LOG_LEVEL = 'info';

  /** `on` lets operators who impersonate a partner withdraw and change payment methods, with their own two-factor code. */
  @IsIn(['on', 'off'])
  IMPERSONATION_FINANCIAL = 'off';

  /** ISO 8601 duration added to the clock in tests and development; refused in production. */
  @IsOptional()
  @IsString()
  TRIBUTARY_CLOCK_OFFSET?: string;

  /** Secret that signs access tokens, at least 32 characters. */
  @MinLength(32)
  TRIBUTARY_JWT_SECRET = DEVELOPMENT_JWT_SECRET;

  /** Keys that encrypt secrets at rest, `keyId:base64 of 32 bytes`, comma-separated; the first one encrypts, all decrypt. */
  @list
  @ArrayNotEmpty()
  @ArrayUnique((pair: unknown) => String(pair).split(':')[0], {
    message: 'TRIBUTARY_ENCRYPTION_KEYS must not give one keyId to two keys',
  })
  @Matches(/^[A-Za-z0-9_-]{1,16}:[A-Za-z0-9+/]{43}=$/, {
    each: true,
    message: 'TRIBUTARY_ENCRYPTION_KEYS must be keyId:base64 of 32 bytes, comma-separated',
  })
  TRIBUTARY_ENCRYPTION_KEYS: string[] = [DEVELOPMENT_ENCRYPTION_KEYS];

  /** OpenID providers that people may sign in with, as JSON: name → title, issuer, clientId, clientSecret. */
  @IsOptional()
  @IsString()
  OIDC_PROVIDERS?: string;

  /** Addresses of frontends to which the way to a provider or social platform may return, comma-separated. */
  @list
  @Matches(/^https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?$/, {
    each: true,
    message: 'OIDC_RETURN_URLS must be addresses without query such as https://app.example.com/signed-in',
  })
  OIDC_RETURN_URLS: string[] = [];

  @IsOptional()
  @IsString()
  NODE_ENV?: string;

  /** Largest number of database connections of this process. */
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(4)
  @Max(200)
  DATABASE_POOL_SIZE = 20;

  /** Largest NDJSON body of a brand's backfill in MiB, as sent and after decompression; it lies on the disk meanwhile. */
  @Transform(({ value }) => Number(value))
  @IsInt()
  @Min(1)
  @Max(65_536)
  SYNC_BACKFILL_MIB = 1024;
}
