import type { ColumnKind, ColumnVector } from '../../../warehouse/index.js'
import type { JsonSchema } from '../../contract.js'
import { jsonType } from '../../file-formats/json-schema.js'
import { TextReader } from '../../table-source/text-reader.js'

/** A column of a made stream: what it is to the warehouse and to people, and what takes its values. */
export interface FakeColumn<Writer extends ColumnWriter = ColumnWriter> {
  readonly kind: ColumnKind
  readonly type: string
  readonly schema: JsonSchema
  writer(rowCount: number): Writer
}

/** Takes one value a row, and becomes the vector of them. */
interface ColumnWriter {
  vector(): ColumnVector
}

/** Whole numbers in 64 bits: as they are, hundredths of a decimal, or microseconds since 1970. */
class LongWriter implements ColumnWriter {
  readonly #words: Int32Array<ArrayBuffer>
  #validity: Uint8Array<ArrayBuffer> | undefined

  constructor(rowCount: number) {
    this.#words = new Int32Array(rowCount * 2)
  }

  set(row: number, value: number): void {
    this.#words[row * 2] = value
    this.#words[row * 2 + 1] = Math.floor(value / 2 ** 32)
  }

  /** The row has no value. */
  skip(row: number): void {
    this.#validity ??= new Uint8Array(Math.ceil(this.#words.length / 128) * 8).fill(0xff)
    this.#validity[row >> 3] = (this.#validity[row >> 3] as number) & ~(1 << (row & 7))
  }

  vector(): ColumnVector {
    return { data: new Uint8Array(this.#words.buffer), validity: this.#validity }
  }
}

/** What is left of a piece of memory for texts is given up for a new one. */
const pieceBytes = 64 * 1024

/** Texts of ASCII. */
class TextWriter implements ColumnWriter {
  readonly #reader: TextReader
  readonly #rowCount: number
  #piece = Buffer.alloc(0)
  #used = 0

  constructor(type: string, rowCount: number) {
    this.#reader = new TextReader(type)
    this.#rowCount = rowCount
  }

  /** One that many rows have: it is not copied. */
  word(row: number, bytes: Buffer): void {
    this.#reader.read(bytes, 0, bytes.length, row)
  }

  text(row: number, text: string): void {
    const { length } = text
    if (this.#used + length > this.#piece.length) {
      this.#piece = Buffer.allocUnsafe(Math.max(pieceBytes, length))
      this.#used = 0
    }
    this.#piece.write(text, this.#used, 'latin1')
    this.#reader.read(this.#piece, this.#used, length, row)
    this.#used += length
  }

  vector(): ColumnVector {
    return this.#reader.take(this.#rowCount)
  }
}

const longColumn = (kind: ColumnKind, type: string): FakeColumn<LongWriter> => ({
  kind,
  type,
  schema: jsonType({ kind }) as JsonSchema,
  writer: (rowCount) => new LongWriter(rowCount),
})

export const integer = longColumn('integer', 'BIGINT')
/** Takes hundredths. */
export const decimal = longColumn('decimal', 'DECIMAL(18,2)')
/** Takes microseconds since 1970. */
export const timestamp = longColumn('timestamptz', 'TIMESTAMP WITH TIME ZONE')

const textColumn = (kind: ColumnKind, type: string, schema: object): FakeColumn<TextWriter> => ({
  kind,
  type,
  schema: schema as JsonSchema,
  writer: (rowCount) => new TextWriter(type, rowCount),
})

export const text = textColumn('text', 'VARCHAR', jsonType({ kind: 'text' }))

/** An object whose fields are texts; takes its JSON. */
export const object = (fields: readonly string[]) =>
  textColumn('json', 'JSON', {
    ...jsonType({ kind: 'struct' }),
    properties: Object.fromEntries(fields.map((field) => [field, jsonType({ kind: 'text' })])),
  })

type Columns = Readonly<Record<string, FakeColumn>>

export type Writers<C extends Columns> = { readonly [Name in keyof C]: ReturnType<C[Name]['writer']> }

/** The writers of some columns, by their names. */
export const writersOf = <C extends Columns>(columns: C, rowCount: number): Writers<C> =>
  Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.writer(rowCount)])) as Writers<C>
