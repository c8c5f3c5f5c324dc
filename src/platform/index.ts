export { Config, readConfig } from './config/config.js';
export type { OidcProvider } from './config/oidc-providers.js';
export {
  socialCredentialNames,
  type SocialPlatformName,
  type SocialPlatformSettings,
} from './config/social-platforms.js';
export { SecretBox } from './crypto/secret-box.js';
export { openStream, sealStream } from './crypto/stream-seal.js';
export { randomToken, sha256Hex } from './crypto/tokens.js';
export { type ArrayItem, arrayLiteral } from './database/array-literal.js';
export { ChannelListener } from './database/channel-listener.js';
export { Conditions } from './database/conditions.js';
export { copyField, copyRow, CopyRows, copyRows } from './database/copy-rows.js';
export { latestId, pageLookedThrough } from './database/look-through.js';
export { databaseUrlOf, dataSourceOptions } from './database/data-source-options.js';
export { openDatabase } from './database/open-database.js';
export { setForSession, setLocally } from './database/settings.js';
export { migrate } from './database/migrate.js';
export {
  dropDayPartitions,
  ensureDayPartitions,
  ensureMonthPartitions,
  oldestDayPartition,
} from './database/partitions.js';
export { readRows } from './database/read-rows.js';
export { ReplicaSnapshots } from './database/replica-snapshots.js';
export { RowStream } from './database/row-stream.js';
export { type Snapshot, Snapshots } from './database/snapshots.js';
export { sqlState, type Tx, UnitOfWork } from './database/unit-of-work.js';
export {
  DomainError,
  type FieldError,
  invalidField,
  LostRace,
  malformedField,
  notFound,
  withinPart,
} from './errors/domain-error.js';
export { type CsvRow, csvRows } from './files/csv-rows.js';
export type { FileMediaType } from './files/file-format.js';
export { FileStore } from './files/file-store.js';
export { FileUploads } from './files/file-uploads.js';
export {
  formatOf,
  IMAGE_FORMATS,
  IMAGE_MEDIA_TYPES,
  type ImageFormat,
  type ImageMediaType,
} from './files/image-file.js';
export { Spool, type Spooled } from './files/spool.js';
export { StoredFiles } from './files/stored-files.js';
export { addAnyOrigin, AnyOrigin } from './http/any-origin.js';
export { ApiAttachment, attachment } from './http/attachment.js';
export { ApiProblems, problemResponse, type ProblemStatus } from './http/api-problems.js';
export { addAvailabilityGate } from './http/availability.js';
export { addBodyGuard } from './http/body-guard.js';
export { answerParserError } from './http/parser-errors.js';
export { ProblemFilter, refusalOf, sendProblem, statusOfKind } from './http/problem.filter.js';
export { csvLine, csvPieces } from './http/csv.js';
export type { FileCell } from './http/file-cell.js';
export { closePromptly } from './http/close-promptly.js';
export { Idempotency, type IdempotencyKey, IdempotencyKeyOf } from './http/idempotency.js';
export {
  type CursorCheck,
  idOfCursor,
  isCursorDay,
  isCursorMinor,
  isCursorTime,
  partsOfCursor,
  timeAndIdOfCursor,
} from './http/id-cursor.js';
export { TakesAnyQuery } from './http/known-query.interceptor.js';
export {
  ApiFileOrPage,
  csvFile,
  LIST_FORMATS,
  listFile,
  type ListFormat,
  pdfFile,
} from './http/list-file.js';
export { HTTP_ORIGIN, LONGEST_URL } from './http/http-url.js';
export { IsId } from './http/is-id.js';
export { IsHttpUrl } from './http/is-http-url.js';
export { FromDigits } from './http/from-digits.js';
export { plainAddress } from './http/address-text.js';
export { isCountry } from './http/country.js';
export { IsCountry } from './http/is-country.js';
export { IsKnownCurrency } from './http/is-known-currency.js';
export { isOneLine, IsLabel, IsText } from './http/is-label.js';
export { IsLanguage, LANGUAGE } from './http/is-language.js';
export { IsPhone } from './http/is-phone.js';
export { IsDay } from './http/is-day.js';
export { IsTime } from './http/is-time.js';
export { IsTimeZone } from './http/is-time-zone.js';
export { OnlyWith } from './http/only-with.js';
export { MayBeAbsent } from './http/may-be-absent.js';
export { PageQuery } from './http/page-query.dto.js';
export { IsDayOrTime, refuseBackwards, TimeRangeQuery, toTimeRange } from './http/time-range.dto.js';
export { PathId } from './http/path-id.js';
export {
  decodeCursor,
  encodeCursor,
  invalidCursor,
  mapPage,
  type Page,
  toPage,
  wholeList,
} from './http/pagination.js';
export { Public, PUBLIC_ROUTE } from './http/public.decorator.js';
export { validationPipe } from './http/validation.js';
export { requestIdOf } from './http/request-id.js';
export { receiveText } from './http/text-upload.js';
export { AcceptsUpload, addUploads } from './http/upload.js';
export { ApiXlsxOrPage, eachOfPages, XLSX_MEDIA_TYPE, xlsxFile } from './http/xlsx-file.js';
export { type Sheet, xlsxStream } from './http/xlsx.js';
export { xmlText } from './http/xml.js';
export { type JsonAnswer, requestJson } from './http/json-request.js';
export { Jobs } from './jobs/jobs.js';
export { Timed } from './jobs/timed.js';
export { Outbox, type OutboxEvent } from './jobs/outbox.js';
export { type Json, jsonAt, listAt, textAt } from './json/json-parts.js';
export { addressKey } from './limits/address-key.js';
export { CountedAs, RATE_CLASS, type RateClass } from './limits/rate-class.decorator.js';
export type { Limits } from './limits/limits.js';
export { RateLimits } from './limits/rate-limits.js';
export { type Mail, Mailer } from './mail/mailer.js';
export { currencyExponent, EXPONENTS_BUT_TWO, isCurrency, PAYOUT_COINS } from './money/currencies.js';
export { Decimal } from './money/decimal.js';
export { Money } from './money/money.js';
export { MoneyDto } from './money/money.dto.js';
export { HealthController } from './observability/health.controller.js';
export { ProgramLogger } from './observability/logging.js';
export { Metrics } from './observability/metrics.js';
export { addRequestLog } from './observability/request-log.js';
export { type Column, PdfPage } from './pdf/pdf-page.js';
export { UserAgents } from './people/user-agents.js';
export { mailboxHash, nameHash } from './people/same-person.js';
export { PlatformModule, type PlatformOptions } from './platform.module.js';
export { Clock } from './time/clock.js';
export { Ids, uuidV7Floor, uuidV7Time } from './time/ids.js';
export { isCalendarDay } from './time/calendar-day.js';
export { startOfDay } from './time/time-zones.js';
