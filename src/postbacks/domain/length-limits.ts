/** Characters of a URL with its values: browsers and servers hardly take more. */
export const MAX_URL_LENGTH = 8_192;
/** Bytes of a body in UTF-8, as a template and with its values. */
export const MAX_BODY_BYTES = 16_384;

/** Why a postback is not sent, as the log has it. */
export type TooLong = 'url_over_8192_characters' | 'body_over_16384_bytes';

/** By the reason, in words. */
export const TOO_LONG: Readonly<Record<TooLong, string>> = {
  url_over_8192_characters: 'with its values the URL is longer than 8,192 characters',
  body_over_16384_bytes: 'with its values the body is longer than 16 KiB (16,384 bytes)',
};

/** Which part of a filled postback is too long to be sent (rule 5.2); null when none is. */
export function tooLong({ url, body }: { url: string; body: string | null }): TooLong | null {
  if (url.length > MAX_URL_LENGTH) return 'url_over_8192_characters';
  return body !== null && Buffer.byteLength(body) > MAX_BODY_BYTES ? 'body_over_16384_bytes' : null;
}
