import type { RecordData } from '../../../declarative/component-contract.js'
import { fieldNames } from '../../../declarative/index.js'
import type { DeclaredColumn } from '../../../protocol/declared-types.js'

/** So many records of a stream tell what its schema lacks. */
const lookedAt = 100

/** Notices, once for each of them, fields of its records that no column has: their values are not loaded. */
export class UndeclaredFields {
  readonly #columns: ReadonlyMap<string, readonly DeclaredColumn[]>
  readonly #seen = new Map<string, { count: number; readonly known: Set<string> }>()

  constructor(columns: ReadonlyMap<string, readonly DeclaredColumn[]>) {
    this.#columns = columns
  }

  /** @returns what is to be said of the first records of a stream */
  noticed(stream: string, records: readonly RecordData[]): string | undefined {
    let seen = this.#seen.get(stream)
    if (!seen) {
      seen = { count: 0, known: new Set(this.#columns.get(stream)?.map(({ key }) => key)) }
      this.#seen.set(stream, seen)
    }
    const { known } = seen
    const names = new Set(records.slice(0, lookedAt - seen.count).flatMap(fieldNames))
    seen.count = Math.min(lookedAt, seen.count + records.length)
    const lacking = [...names].filter((name) => !known.has(name))
    for (const name of lacking) known.add(name)
    if (lacking.length === 0) return undefined
    return `the schema of ${stream} in the manifest lacks ${lacking.map((name) => `\`${name}\``).join(', ')}: records have it, and it is not loaded`
  }
}
