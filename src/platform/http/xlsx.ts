import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { spreadsheetActive } from './csv.js';

/** A cell: text, a time, an exact number in decimal digits, or nothing. */
export type XlsxCell = string | Date | { readonly decimal: string } | null;

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

/**
 * An XLSX file (ECMA-376) that is written while it is read: its length does not matter. Texts are text cells, which no
 * spreadsheet computes; those that look like formulas are further marked as quoted, so that they stay texts when they
 * are edited (rule 11.6). Times are UTC.
 * @param rows read once; a fault of theirs destroys the stream
 */
export function xlsxStream(
  sheetName: string,
  header: readonly string[],
  rows: AsyncIterable<readonly XlsxCell[]>,
): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const fail = (error: Error): void => void output.destroy(error);
  zip.on('error', fail);
  const iterator = rows[Symbol.asyncIterator]();
  // Whoever reads may leave: then nobody waits for the rows any more.
  output.once('close', () => void iterator.return?.());
  writeWorkbook(zip, output, { sheetName, header, rows: iterator }).catch(fail);
  return output;
}

interface Content {
  readonly sheetName: string;
  readonly header: readonly string[];
  readonly rows: AsyncIterator<readonly XlsxCell[]>;
}

async function writeWorkbook(zip: ZipFile, output: Readable, content: Content): Promise<void> {
  let sheets = 0;
  for (let more = true; more;) {
    sheets += 1;
    more = await writeSheet(zip, output, sheets, content);
  }
  const parts = workbookParts(content.sheetName, sheets);
  for (const [path, xml] of Object.entries(parts)) zip.addBuffer(Buffer.from(xml), path);
  zip.end();
}

/** Writes rows until they end or the sheet is full; whether any may be left. */
function writeSheet(zip: ZipFile, output: Readable, number: number, content: Content): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const sheet = Readable.from(sheetXml(content, resolve));
    sheet.once('error', reject);
    output.once('close', () => sheet.destroy());
    zip.addReadStream(sheet, `xl/worksheets/sheet${number}.xml`, { compressionLevel: COMPRESSION_LEVEL });
  });
}

async function* sheetXml(
  { header, rows }: Content,
  ended: (more: boolean) => void,
): AsyncGenerator<string, void> {
  let piece = `${XML}<worksheet xmlns="${MAIN}"><sheetData>${rowXml(header)}`;
  let count = 1;
  for (; count < MAX_ROWS_OF_SHEET; count += 1) {
    const next = await rows.next();
    if (next.done) break;
    piece += rowXml(next.value);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}</sheetData></worksheet>`;
  ended(count === MAX_ROWS_OF_SHEET);
}

function rowXml(cells: readonly XlsxCell[]): string {
  return `<row>${cells.map(cellXml).join('')}</row>`;
}

function cellXml(cell: XlsxCell): string {
  if (cell === null) return '<c/>';
  if (typeof cell === 'string') {
    const style = spreadsheetActive(cell) ? ` s="${STYLE_QUOTED}"` : '';
    return `<c t="inlineStr"${style}><is><t xml:space="preserve">${xmlText(cell)}</t></is></c>`;
  }
  if (cell instanceof Date) return `<c s="${STYLE_TIME}"><v>${(cell.getTime() - EPOCH_MS) / DAY_MS}</v></c>`;
  if (!/^-?\d+(\.\d+)?$/.test(cell.decimal)) throw new Error('A number cell holds something else');
  return `<c><v>${cell.decimal}</v></c>`;
}

const SPECIAL = /[&<>"\p{Cc}\p{Cs}\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/gu;

/** Text for XML 1.0; what it cannot hold is written as spreadsheets do, `_xHHHH_`, and such texts are escaped. */
function xmlText(text: string): string {
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

/** What a workbook of so many sheets has besides them, by path. */
function workbookParts(name: string, sheets: number): Record<string, string> {
  const numbers = Array.from({ length: sheets }, (_, index) => index + 1);
  const each = (xml: (number: number) => string): string => numbers.map(xml).join('');
  const title = (number: number): string => xmlText(number === 1 ? name : `${name} ${number}`);
  return {
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${each((number) => `<Override PartName="/xl/worksheets/sheet${number}.xml" ContentType="${TYPE}.worksheet+xml"/>`)}</Types>`,
    '_rels/.rels': `${XML}<Relationships xmlns="${RELATIONS}"><Relationship Id="rId1" Type="${DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${XML}<workbook xmlns="${MAIN}" xmlns:r="${DOCUMENT}"><sheets>${each((number) => `<sheet name="${title(number)}" sheetId="${number}" r:id="rId${number}"/>`)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="${RELATIONS}">${each((number) => `<Relationship Id="rId${number}" Type="${DOCUMENT}/worksheet" Target="worksheets/sheet${number}.xml"/>`)}<Relationship Id="rId${sheets + 1}" Type="${DOCUMENT}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': STYLES,
  };
}
