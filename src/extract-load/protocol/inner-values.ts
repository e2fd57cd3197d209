import type { RecordRun } from '../connectors/connector.js'
import type { DeclaredColumn } from './declared-types.js'
import { keyText, numbersOfMember, numbersOfRecord, RecordScanner } from './scan-record.js'
import { isNull, settleValue, textStart } from './settle-value.js'

interface Inner {
  readonly key: string
  readonly keys: readonly string[]
  readonly isJson: boolean
}

interface FoundValues {
  /** Those of the records, with what was found behind them. */
  readonly bytes: Buffer
  /** The numbers of the columns. */
  readonly columns: readonly number[]
  /** Of each record and column, where its value begins and ends; 0: it has none. */
  readonly places: Int32Array
}

const none = new Int32Array(0)

/** The values of columns that lie inside the values of others. */
export class InnerValues {
  readonly #columns: readonly number[]
  readonly #inner: readonly Inner[]
  readonly #scanner = new RecordScanner()

  constructor(columns: readonly DeclaredColumn[]) {
    const inner = [...columns.entries()].flatMap(([column, { key, type, inside }]) =>
      inside ? [{ column, key, keys: inside, isJson: type === 'json' }] : [],
    )
    this.#columns = inner.map(({ column }) => column)
    this.#inner = inner
  }

  get isWanted(): boolean {
    return this.#inner.length > 0
  }

  of({ bytes, places, rows }: RecordRun): FoundValues {
    const columns = this.#columns
    if (columns.length === 0) return { bytes, columns, places: none }
    const found = new Int32Array(rows * columns.length * 2)
    const values: Buffer[] = [bytes]
    let end = bytes.length
    let at = 0
    for (let row = 0; row < rows; row++) {
      const members = places[at] as number
      at += numbersOfRecord
      for (const behind = at + members * numbersOfMember; at < behind; at += numbersOfMember) {
        const key = keyText(bytes, places[at] as number, places[at + 1] as number, places[at + 4] as number)
        for (const [i, inner] of this.#inner.entries()) {
          if (inner.key !== key) continue
          const value = this.#value(bytes, places[at + 2] as number, places[at + 3] as number, inner)
          const place = (row * columns.length + i) * 2
          found[place] = value ? end : 0
          if (!value) continue
          values.push(value)
          end += value.length
          found[place + 1] = end
        }
      }
    }
    return { bytes: Buffer.concat(values), columns, places: found }
  }

  #value(bytes: Buffer, from: number, to: number, { keys, isJson }: Inner): Buffer | undefined {
    const member = this.#scanner.find(bytes, from, to, keys)
    if (!member) return undefined
    const [, , start = 0, end = 0, kind = 0] = member
    if (isNull(bytes, start, end)) return undefined
    const value = Buffer.from(bytes.subarray(start, end))
    const settled = settleValue(value, 0, value.length, kind, isJson)
    return value.subarray(textStart(value, 0, isJson), settled)
  }
}
