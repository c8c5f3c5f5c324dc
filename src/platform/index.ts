export { Config, readConfig } from './config/config.js';
export { SecretBox } from './crypto/secret-box.js';
export { randomToken, sha256Hex, timingSafeEqualText } from './crypto/tokens.js';
export { DatabaseWatch } from './database/database-watch.js';
export { databaseUrlOf, dataSourceOptions, migrationsGlob } from './database/data-source-options.js';
export { type OpenDatabase, openDatabase } from './database/open-database.js';
export { migrate } from './database/migrate.js';
export { dropDayPartitions, ensureDayPartitions, ensureMonthPartitions } from './database/partitions.js';
export { sqlState, type Tx, UnitOfWork } from './database/unit-of-work.js';
export {
  DomainError,
  type ErrorDetails,
  type ErrorKind,
  type FieldError,
  invalidField,
  notFound,
} from './errors/domain-error.js';
export { ApiProblems, problemResponse, type ProblemStatus } from './http/api-problems.js';
export { addAvailabilityGate } from './http/availability.js';
export { sendProblem } from './http/problem.filter.js';
export { csvLine } from './http/csv.js';
export { closePromptly } from './http/close-promptly.js';
export { Idempotency, type IdempotencyKey, IdempotencyKeyOf } from './http/idempotency.js';
export { idOfCursor } from './http/id-cursor.js';
export { IsLabel } from './http/is-label.js';
export { MayBeAbsent } from './http/may-be-absent.js';
export { PageQuery } from './http/page-query.dto.js';
export { decodeCursor, encodeCursor, type Page, toPage } from './http/pagination.js';
export { Public, PUBLIC_ROUTE } from './http/public.decorator.js';
export { type JobHandler, Jobs } from './jobs/jobs.js';
export { Outbox, type OutboxEvent } from './jobs/outbox.js';
export { type Mail, Mailer } from './mail/mailer.js';
export { currencyExponent, isCurrency } from './money/currencies.js';
export { Decimal, roundHalfEven } from './money/decimal.js';
export { Money } from './money/money.js';
export { MoneyDto } from './money/money.dto.js';
export { HealthController } from './observability/health.controller.js';
export { ProgramLogger } from './observability/logging.js';
export { Metrics } from './observability/metrics.js';
export { addRequestLog } from './observability/request-log.js';
export { PlatformModule, type PlatformOptions } from './platform.module.js';
export { Clock } from './time/clock.js';
export { Ids, uuidV7Floor, uuidV7Time } from './time/ids.js';
