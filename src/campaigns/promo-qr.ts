import { toBuffer, toString } from 'qrcode';

/** Media types of the pictures by their format. */
export const QR_TYPES = { svg: 'image/svg+xml', png: 'image/png' } as const;
export type QrFormat = keyof typeof QR_TYPES;
export const QR_FORMATS = Object.keys(QR_TYPES) as QrFormat[];

/**
 * The text as a QR code (ISO/IEC 18004), with the quiet zone of four modules that scanners need.
 * @param size width and height in pixels
 */
export async function drawQrCode(text: string, format: QrFormat, size: number): Promise<Buffer> {
  const options = { margin: 4, width: size, errorCorrectionLevel: 'M' } as const;
  return format === 'png'
    ? toBuffer(text, { ...options, type: 'png' })
    : Buffer.from(await toString(text, { ...options, type: 'svg' }));
}
