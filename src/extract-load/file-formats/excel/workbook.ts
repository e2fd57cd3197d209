import { posix } from 'node:path'
import { NotZip, ZipFile } from '../zip-file.js'
import { type Epoch, type NumberKind, numberKind } from './number-formats.js'
import { readXml } from './xml-reader.js'

export interface Sheet {
  readonly name: string
  /** In the archive. */
  readonly path: string
}

/** What the cells of a workbook refer to. */
export interface CellTables {
  readonly texts: readonly string[]
  /** By the number of a cell's style. */
  readonly kinds: readonly NumberKind[]
  readonly epoch: Epoch
}

/** Texts that many cells share are in memory while they are read. */
const mostSharedBytes = 512 * 1024 * 1024

const main = 'xl/workbook.xml'
const noWorkbook = 'it is no workbook of Excel (.xlsx)'

export class Workbook {
  readonly zip: ZipFile
  readonly sheets: readonly Sheet[]
  readonly #epoch: Epoch

  private constructor(zip: ZipFile, sheets: readonly Sheet[], epoch: Epoch) {
    this.zip = zip
    this.sheets = sheets
    this.#epoch = epoch
  }

  /** The caller closes it. @throws NotZip */
  static async open(path: string): Promise<Workbook> {
    const zip = await ZipFile.open(path, noWorkbook)
    try {
      if (!zip.has(main)) throw new NotZip(noWorkbook)
      const targets = await relations(zip)
      const sheets: Sheet[] = []
      let epoch: Epoch = 1900
      await readXml(await zip.read(main), {
        open(name, attribute) {
          if (name === 'workbookPr' && /^(1|true)$/.test(attribute('date1904') ?? '')) epoch = 1904
          if (name !== 'sheet') return
          const target = targets.get(attribute('id') ?? '')
          // Charts and macros have sheets of their own, without cells.
          if (target?.includes('worksheets/')) sheets.push({ name: attribute('name') ?? '', path: target })
        },
      })
      return new Workbook(zip, sheets, epoch)
    } catch (error) {
      await zip.close()
      throw error
    }
  }

  async tables(): Promise<CellTables> {
    return { texts: await sharedTexts(this.zip), kinds: await styleKinds(this.zip), epoch: this.#epoch }
  }

  close(): Promise<void> {
    return this.zip.close()
  }
}

async function relations(zip: ZipFile): Promise<ReadonlyMap<string, string>> {
  const targets = new Map<string, string>()
  await readXml(await zip.read('xl/_rels/workbook.xml.rels'), {
    open(name, attribute) {
      const target = attribute('Target')
      if (name !== 'Relationship' || target === undefined) return
      targets.set(attribute('Id') ?? '', target.startsWith('/') ? target.slice(1) : posix.join('xl', target))
    },
  })
  return targets
}

/** Characters that XML cannot hold are written by their number: `_x000D_`. */
export const unescaped = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    : text

async function sharedTexts(zip: ZipFile): Promise<readonly string[]> {
  const path = 'xl/sharedStrings.xml'
  if (!zip.has(path)) return []
  const texts: string[] = []
  let [text, isText, isReading, bytes] = ['', false, false, 0]
  await readXml(await zip.read(path), {
    open(name) {
      if (name === 'si') text = ''
      // How a text is pronounced is no part of it.
      if (name === 'rPh') isReading = true
      isText = name === 't' && !isReading
    },
    text(piece) {
      if (!isText) return
      text += piece
      bytes += piece.length
      if (bytes > mostSharedBytes) throw new NotZip('its texts are too large')
    },
    close(name) {
      isText = false
      if (name === 'rPh') isReading = false
      if (name === 'si') texts.push(unescaped(text))
    },
  })
  return texts
}

async function styleKinds(zip: ZipFile): Promise<readonly NumberKind[]> {
  const path = 'xl/styles.xml'
  if (!zip.has(path)) return []
  const codes = new Map<number, string>()
  const kinds: NumberKind[] = []
  let isCells = false
  await readXml(await zip.read(path), {
    open(name, attribute) {
      const id = Number(attribute('numFmtId') ?? 0)
      if (name === 'numFmt') codes.set(id, attribute('formatCode') ?? '')
      if (name === 'cellXfs') isCells = true
      if (name === 'xf' && isCells) kinds.push(numberKind(id, codes.get(id)))
    },
    close(name) {
      if (name === 'cellXfs') isCells = false
    },
  })
  return kinds
}
