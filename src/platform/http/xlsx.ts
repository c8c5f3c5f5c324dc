import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { spreadsheetActive } from './csv.js';
import type { FileCell } from './file-cell.js';

/** Excel opens no longer sheets; what is more goes on in another one, with the header again. */
const MAX_ROWS_OF_SHEET = 1_048_576;
const MAX_TEXT = 32_767;
/** Text in pieces of this length keeps the compressor busy and the memory flat. */
const PIECE = 64 * 1024;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Day 0 of spreadsheets, as a Unix time. */
const EPOCH_MS = Date.UTC(1899, 11, 30);
/** Speed before size: the default of zlib takes three times as long for a tenth less. */
const COMPRESSION_LEVEL = 1;

const STYLE_TIME = 1;
const STYLE_QUOTED = 2;

/** One table of a workbook. */
export interface Sheet {
  readonly name: string;
  readonly header: readonly string[];
  /** Some rows at a time, read once. */
  readonly rows: AsyncIterable<readonly (readonly FileCell[])[]>;
}

/**
 * An XLSX file (ECMA-376) that is written while it is read: its length does not matter. Texts are text cells, which no
 * spreadsheet computes; those that look like formulas are further marked as quoted, so that they stay texts when they
 * are edited (rule 11.6). Times are UTC.
 * @param sheets read one after the other; a fault of their rows destroys the stream
 */
export function xlsxStream(sheets: readonly Sheet[]): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: Error): void => void output.destroy(error);
  zip.on('error', fail);
  const open = sheets.map((sheet) => new OpenSheet(sheet));
  // Whoever reads may leave: then nobody waits for the rows any more.
  output.once('close', () => void Promise.all(open.map((sheet) => sheet.close())).catch(() => undefined));
  writeWorkbook(zip, output, open).catch(fail);
  return output;
}

/** A sheet whose rows are being read. */
class OpenSheet {
  private readonly batches: AsyncIterator<readonly (readonly FileCell[])[]>;
  private batch: readonly (readonly FileCell[])[] = [];
  private at = 0;

  constructor(readonly sheet: Sheet) {
    this.batches = sheet.rows[Symbol.asyncIterator]();
  }

  /** XML of at most so many rows and no more than a piece; null at the end. */
  async next(most: number): Promise<{ xml: string; rows: number } | null> {
    if (this.at === this.batch.length) {
      const next = await this.batches.next();
      if (next.done) return null;
      this.batch = next.value;
      this.at = 0;
    }
    let xml = '';
    const first = this.at;
    while (this.at < this.batch.length && this.at - first < most && xml.length < PIECE) {
      xml += rowXml(this.batch[this.at]!);
      this.at += 1;
    }
    return { xml, rows: this.at - first };
  }

  async close(): Promise<void> {
    await this.batches.return?.();
  }
}

async function writeWorkbook(zip: ZipFile, output: Readable, open: readonly OpenSheet[]): Promise<void> {
  const names: string[] = [];
  for (const content of open) {
    const { name } = content.sheet;
    for (let more = true, part = 1; more; part += 1) {
      names.push(part === 1 ? name : `${name} ${part}`);
      more = await writeSheet(zip, output, names.length, content);
    }
  }
  for (const [path, xml] of Object.entries(workbookParts(names))) zip.addBuffer(Buffer.from(xml), path);
  zip.end();
}

/** Writes rows until they end or the sheet is full; whether any may be left. */
function writeSheet(zip: ZipFile, output: Readable, number: number, content: OpenSheet): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const sheet = Readable.from(sheetXml(content, resolve));
    sheet.once('error', reject);
    output.once('close', () => sheet.destroy());
    zip.addReadStream(sheet, `xl/worksheets/sheet${number}.xml`, { compressionLevel: COMPRESSION_LEVEL });
  });
}

async function* sheetXml(content: OpenSheet, ended: (more: boolean) => void): AsyncGenerator<string, void> {
  let piece = `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rowXml(content.sheet.header)}`;
  let count = 1;
  while (count < MAX_ROWS_OF_SHEET) {
    const next = await content.next(MAX_ROWS_OF_SHEET - count);
    if (!next) break;
    piece += next.xml;
    count += next.rows;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}</sheetData></worksheet>`;
  ended(count === MAX_ROWS_OF_SHEET);
}

function rowXml(cells: readonly FileCell[]): string {
  let xml = '<row>';
  for (const cell of cells) xml += cellXml(cell);
  return `${xml}</row>`;
}

function cellXml(cell: FileCell): string {
  if (cell === null) return '<c/>';
  if (typeof cell === 'number') return `<c><v>${cell}</v></c>`;
  if (typeof cell === 'string') {
    const style = spreadsheetActive(cell) ? ` s="${STYLE_QUOTED}"` : '';
    return `<c t="inlineStr"${style}><is><t xml:space="preserve">${xmlText(cell)}</t></is></c>`;
  }
  if (cell instanceof Date) return `<c s="${STYLE_TIME}"><v>${(cell.getTime() - EPOCH_MS) / DAY_MS}</v></c>`;
  if (!/^-?\d+(\.\d+)?$/.test(cell.decimal)) throw new Error('A number cell holds something else');
  return `<c><v>${cell.decimal}</v></c>`;
}

/** Texts that need no look at each of their characters, as most are. */
const PLAIN = /^[\x20\x21\x23-\x25\x27-\x3B\x3D\x3F-\x5E\x60-\x7E]*$/;
const SPECIAL = /[&<>"\p{Cc}\p{Cs}\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/gu;

/** Text for XML 1.0; what it cannot hold is written as spreadsheets do, `_xHHHH_`, and such texts are escaped. */
function xmlText(text: string): string {
  if (text.length <= MAX_TEXT && PLAIN.test(text)) return text;
  return text.slice(0, MAX_TEXT).replace(SPECIAL, (special) => {
    switch (special) {
      case '&':
        return '&amp;';
      case '<':
        return '&lt;';
      case '>':
        return '&gt;';
      case '"':
        return '&quot;';
      case '\t':
      case '\n':
        return special;
      default:
        return `_x${special.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`;
    }
  });
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/package/2006/relationships';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

const STYLES = `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/><xf numFmtId="164" applyNumberFormat="1"/><xf quotePrefix="1"/></cellXfs></styleSheet>`;

/** What a workbook has besides its sheets, by path. @param names of the sheets */
function workbookParts(names: readonly string[]): Record<string, string> {
  const each = (xml: (number: number, name: string) => string): string =>
    names.map((name, index) => xml(index + 1, xmlText(name))).join('');
  return {
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${each((number) => `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${TYPE}.worksheet+xml"/>`)}</Types>`,
    '_rels/.rels': `${XML}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><sheets>${each((number, name) => `<sheet name="${name}" sheetId="${number}" r:id="rId${number}"/>`)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${RELATIONS}">${each((number) => `<Relationship Id="rId${number}" Type="${DOCUMENT}/worksheet" Target="worksheets/sheet${number}.xml"/>`)}<Relationship Id="rId${names.length + 1}" Type="${DOCUMENT}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': STYLES,
  };
}
