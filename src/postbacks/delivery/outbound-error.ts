/** Why a call got no answer. */
export type OutboundError =
  | 'address_refused'
  | 'host_not_found'
  | 'connection_refused'
  | 'connect_timeout'
  | 'connection_lost'
  | 'timeout'
  | 'tls_error'
  | 'protocol_error'
  | 'secret_unreadable';

/** A call that was given up for a known reason. */
export class OutboundFailure extends Error {
  constructor(readonly reason: OutboundError) {
    super(reason);
    this.name = 'OutboundFailure';
  }
}

const REASONS: Readonly<Record<string, OutboundError>> = {
  ENOTFOUND: 'host_not_found',
  EAI_AGAIN: 'host_not_found',
  ENODATA: 'host_not_found',
  ECONNREFUSED: 'connection_refused',
  EHOSTUNREACH: 'connection_refused',
  ENETUNREACH: 'connection_refused',
  EADDRNOTAVAIL: 'connection_refused',
  ETIMEDOUT: 'connect_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  UND_ERR_SOCKET: 'connection_lost',
  UND_ERR_DESTROYED: 'connection_lost',
  EPROTO: 'tls_error',
};

/** The reason behind an error of a call; what is not known is the receiver breaking the protocol. */
export function outboundErrorOf(error: unknown): OutboundError {
  if (error instanceof OutboundFailure) return error.reason;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return 'protocol_error';
  return REASONS[code] ?? (/CERT|TLS|SSL|SELF_SIGNED|ISSUER/.test(code) ? 'tls_error' : 'protocol_error');
}
