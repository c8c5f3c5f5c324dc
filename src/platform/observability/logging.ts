import type { Params } from 'nestjs-pino';
import type { Config } from '../config/config.js';

/** Fields that never reach the log, wherever they stand in a logged object. */
const SECRET_FIELDS = [
  'password',
  'otp',
  'code',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'iban',
  'authorization',
];

const REDACTED = [
  'req.headers.authorization',
  'req.headers.cookie',
  'req.headers["x-authorization-key"]',
  'req.headers["x-authorization-sign"]',
  ...SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
];

/** Settings of the structured log: JSON lines with request ids, without secrets and without query strings. */
export function loggingOptions(config: Config): Params {
  return {
    pinoHttp: {
      level: config.logLevel,
      redact: { paths: REDACTED, censor: '[redacted]' },
      genReqId: (request) => request.id,
      autoLogging: { ignore: (request) => (request.url ?? '').startsWith('/health') },
      customAttributeKeys: { reqId: 'requestId' },
      serializers: {
        req: (request: { id: string; method: string; url: string; remoteAddress: string }) => ({
          id: request.id,
          method: request.method,
          path: request.url.split('?')[0],
          remoteAddress: request.remoteAddress,
        }),
        res: (response: { statusCode: number }) => ({ statusCode: response.statusCode }),
      },
    },
  };
}
