import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import type { Readable } from 'node:stream';
import { openTypeOf } from './woff.js';

const require = createRequire(import.meta.url);
const FONTS: Record<'plain' | 'bold', string> = {
  plain: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  bold: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'),
};
/** Has every script, and is plainer to look at. */
const ANY_SCRIPT = require.resolve('@fontsource/unifontex/files/unifontex-latin-400-normal.woff');

/** What the good-looking fonts have glyphs for. */
const WELL_KNOWN =
  /^(?:(?![\p{Extended_Pictographic}\u3000-\u303f\uff00-\uffef])[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Armenian}\p{sc=Georgian}\p{sc=Arabic}\p{sc=Hebrew}\p{sc=Common}\p{sc=Inherited}])*$/u;

const MARGIN = 50;
const GAP = 8;
const ROWS_AT_ONCE = 20;

/** A column of a table: its share of the page's width, and on which side its texts stand. */
export interface Column {
  readonly title: string;
  readonly width: number;
  readonly align?: 'left' | 'right';
}

interface Style {
  readonly size?: number;
  readonly bold?: boolean;
}

/** An A4 document that is written from top to bottom; it can be read as a stream meanwhile. */
export class PdfPage {
  private readonly doc: PDFKit.PDFDocument;
  private hasAnyScript = false;

  constructor(title: string, createdAt: Date) {
    this.doc = new PDFDocument({
      size: 'A4',
      margin: MARGIN,
      font: FONTS.plain,
      lang: 'en',
      info: { Title: title, Producer: 'Tributary', Creator: 'Tributary', CreationDate: createdAt },
    });
  }

  /** The document's bytes; it ends when {@link end} was called. */
  get stream(): Readable {
    return this.doc;
  }

  /** Writes a paragraph. */
  text(text: string, { size = 9, bold = false }: Style = {}): void {
    this.use(text, size, bold);
    this.doc.text(text, MARGIN, this.doc.y, { width: this.width }).moveDown(0.3);
  }

  /** Leaves some space. */
  space(): void {
    this.doc.moveDown(1);
  }

  /** Writes a table, and lets others work meanwhile; its header stands again on every page that it runs over. */
  async table(
    columns: readonly Column[],
    rows: Iterable<readonly string[]> | AsyncIterable<readonly string[]>,
  ): Promise<void> {
    const titles = columns.map(({ title }) => title);
    const header = this.heightOf(columns, titles, true);
    let count = 0;
    for await (const cells of rows) {
      if (count % ROWS_AT_ONCE === 0) await setImmediate();
      // The first row takes its header along.
      const isNew = this.makeRoom(this.heightOf(columns, cells, false) + (count === 0 ? header : 0));
      if (isNew || count === 0) this.row(columns, titles, true);
      this.row(columns, cells, false);
      count += 1;
    }
    if (count === 0) {
      this.makeRoom(header);
      this.row(columns, titles, true);
    }
    this.space();
  }

  /** Whoever reads the document hears that it will not be finished. */
  fail(error: Error): void {
    this.stream.destroy(error);
  }

  /** Ends the document. */
  end(): void {
    this.doc.end();
  }

  /** Goes to the next page when so much has no room on this one; tells whether it did. */
  private makeRoom(height: number): boolean {
    const isFull = this.doc.y + height > this.bottom;
    if (isFull) this.doc.addPage();
    return isFull;
  }

  private row(columns: readonly Column[], cells: readonly string[], bold: boolean): void {
    const top = this.doc.y;
    const height = this.heightOf(columns, cells, bold);
    let left = MARGIN;
    columns.forEach(({ width, align = 'left' }, index) => {
      const text = cells[index]!;
      this.use(text, 8, bold);
      this.doc.text(text, left, top, { width: width * this.width - GAP, align });
      left += width * this.width;
    });
    this.doc.moveTo(MARGIN, top + height - 2).lineTo(MARGIN + this.width, top + height - 2);
    this.doc.lineWidth(0.3).strokeColor('#bbbbbb').stroke();
    this.doc.y = top + height;
  }

  private heightOf(columns: readonly Column[], cells: readonly string[], bold: boolean): number {
    const heights = columns.map(({ width }, index) => {
      this.use(cells[index]!, 8, bold);
      return this.doc.heightOfString(cells[index]!, { width: width * this.width - GAP });
    });
    return Math.max(...heights) + 6;
  }

  private use(text: string, size: number, bold: boolean): void {
    this.doc.fontSize(size);
    if (WELL_KNOWN.test(text)) this.doc.font(bold ? FONTS.bold : FONTS.plain);
    else this.useAnyScript();
  }

  /** The font is large: it is read when a text needs it. */
  private useAnyScript(): void {
    if (!this.hasAnyScript) this.doc.registerFont('any script', openTypeOf(readFileSync(ANY_SCRIPT)));
    this.hasAnyScript = true;
    this.doc.font('any script');
  }

  private get width(): number {
    return this.doc.page.width - 2 * MARGIN;
  }

  private get bottom(): number {
    return this.doc.page.height - MARGIN;
  }
}
