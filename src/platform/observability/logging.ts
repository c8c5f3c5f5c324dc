import { Injectable } from '@nestjs/common';
import { Logger, type Params } from 'nestjs-pino';
import { stdTimeFunctions } from 'pino';
import type { Config } from '../config/config.js';
import { describeError } from './describe-error.js';

/** Fields that never reach the log, wherever they stand in a logged object. */
const SECRET_FIELDS = [
  'password',
  'otp',
  'code',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'clientSecret',
  'ticket',
  'verifier',
  'iban',
  'authorization',
  'cookie',
  'parameters',
];

const REDACTED = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

/** Settings of the structured log: JSON lines without secrets. Requests are logged by {@link addRequestLog}. */
export function loggingOptions(config: Config): Params {
  return {
    pinoHttp: {
      level: config.logLevel,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: REDACTED, censor: '[redacted]' },
      serializers: { err: describeError },
      wrapSerializers: false,
      autoLogging: false,
    },
    forRoutes: [],
  };
}

/** What Nest says while it starts: of use only when a start goes wrong. */
const START_UP = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** The program's logger; Nest's lines about its own start are kept for the level `debug`. */
@Injectable()
export class ProgramLogger extends Logger {
  override log(message: unknown, ...optional: unknown[]): void {
    if (START_UP.has(String(optional.at(-1)))) this.debug(message, ...optional);
    else super.log(message, ...optional);
  }
}
