import { crc32, deflateRawSync } from 'node:zlib'

/** A ZIP archive of some texts, as Excel packs its workbooks. */
export function zipOf(files: Readonly<Record<string, string | Buffer>>, { isPacked = true } = {}): Buffer {
  const parts: Buffer[] = []
  const entries: Buffer[] = []
  let at = 0
  for (const [name, text] of Object.entries(files)) {
    const plain = typeof text === 'string' ? Buffer.from(text) : text
    const packed = isPacked ? deflateRawSync(plain) : plain
    const fields = Buffer.alloc(26)
    fields.writeUInt16LE(20, 0)
    fields.writeUInt16LE(isPacked ? 8 : 0, 4)
    fields.writeUInt32LE(crc32(plain), 10)
    fields.writeUInt32LE(packed.length, 14)
    fields.writeUInt32LE(plain.length, 18)
    fields.writeUInt16LE(Buffer.byteLength(name), 22)
    const header = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name)])
    const more = Buffer.alloc(14)
    more.writeUInt32LE(at, 10)
    entries.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), fields, more, Buffer.from(name)]))
    parts.push(header, packed)
    at += header.length + packed.length
  }
  const list = Buffer.concat(entries)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(entries.length, 4)
  end.writeUInt16LE(entries.length, 6)
  end.writeUInt32LE(list.length, 8)
  end.writeUInt32LE(at, 12)
  return Buffer.concat([...parts, list, Buffer.from('PK\x05\x06'), end])
}

export interface WorkbookParts {
  /** What stands in `sheetData` of each sheet, by its name. */
  readonly sheets: Readonly<Record<string, string>>
  /** What stands in `sst`. */
  readonly texts?: string
  /** The format codes of the styles, from 0. */
  readonly formats?: readonly string[]
  readonly isOf1904?: boolean
}

/** The files of a workbook of Excel. */
export function workbookFiles({
  sheets,
  texts,
  formats = [],
  isOf1904 = false,
}: WorkbookParts): Record<string, string> {
  const names = Object.keys(sheets)
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  const of = (make: (name: string, n: number) => string) => names.map((name, i) => make(name, i + 1)).join('')
  return {
    'xl/workbook.xml': `<?xml version="1.0"?><!-- made > by hand --><workbook xmlns:r="r">${isOf1904 ? '<workbookPr date1904="1"/>' : ''}<sheets>${of((name, n) => `<sheet name="${escaped(name)}" sheetId="${n}" r:id="rId${n}"/>`)}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${of((_, n) => `<Relationship Id="rId${n}" Target="${n % 2 === 0 ? '/xl/' : ''}worksheets/sheet${n}.xml"/>`)}</Relationships>`,
    'xl/styles.xml': `<styleSheet><numFmts>${formats.map((code, i) => `<numFmt numFmtId="${200 + i}" formatCode="${escaped(code)}"/>`).join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${formats.map((_, i) => `<xf numFmtId="${200 + i}"/>`).join('')}</cellXfs></styleSheet>`,
    ...(texts === undefined ? {} : { 'xl/sharedStrings.xml': `<sst>${texts}</sst>` }),
    ...Object.fromEntries(
      names.map((name, i) => [
        `xl/worksheets/sheet${i + 1}.xml`,
        `<worksheet><sheetData>${sheets[name]}</sheetData></worksheet>`,
      ]),
    ),
  }
}

export const workbookOf = (parts: WorkbookParts): Buffer => zipOf(workbookFiles(parts))

/** A row as Excel writes it: numbers, and texts within the cell. */
export const rowOf = (n: number, ...cells: readonly (string | number | null)[]): string =>
  `<row r="${n}">${cells
    .map((cell, i) => {
      const place = `${String.fromCharCode(65 + i)}${n}`
      if (cell === null) return `<c r="${place}"/>`
      return typeof cell === 'number'
        ? `<c r="${place}"><v>${cell}</v></c>`
        : `<c r="${place}" t="inlineStr"><is><t>${cell}</t></is></c>`
    })
    .join('')}</row>`
