import { defineFunction, PyDict, str } from '../../../jinja/index.js'
import { AdapterResponse } from '../../adapter/response.js'
import { AgateTable } from '../../adapter/table.js'
import { transformErrors } from '../../errors.js'

interface Stored {
  readonly response: AdapterResponse
  readonly table: AgateTable | null
}

/** `store_result` and `load_result`: what a node's statements answered, by name. */
export class StoredResults {
  readonly #results = new Map<string, Stored>()
  readonly #loaded = new Set<string>()

  get(name: string): Stored | undefined {
    return this.#results.get(name)
  }

  /** The functions as templates call them. */
  functions(): Readonly<Record<string, unknown>> {
    return {
      load_result: (name: unknown) => this.#load(str(name)),
      store_result: defineFunction(
        'store_result',
        ['name', 'response', 'agate_table?'],
        (name: unknown, response: unknown, table: unknown) => this.#store(str(name), response, table),
      ),
      store_raw_result: defineFunction(
        'store_raw_result',
        ['name', 'message?', 'code?', 'rows_affected?', 'agate_table?'],
        (name: unknown, message: unknown, code: unknown, rows: unknown, table: unknown) =>
          this.#store(
            str(name),
            new AdapterResponse(
              message == null ? 'OK' : str(message),
              code == null ? null : str(code),
              rows == null ? null : Number(rows),
            ),
            table,
          ),
      ),
    }
  }

  #store(name: string, response: unknown, table: unknown): string {
    this.#loaded.delete(name)
    this.#results.set(name, {
      response: AdapterResponse.from(response),
      table: table instanceof AgateTable ? table : null,
    })
    return ''
  }

  /** Once only, but for that of the materialization. @throws TRANSFORM_COMPILE */
  #load(name: string): unknown {
    const stored = this.#results.get(name)
    if (!stored) return null
    if (name !== 'main' && this.#loaded.has(name))
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: `The 'statement' result named '${name}' has already been loaded into a variable`,
        hint: 'Keep the first answer of load_result() in a variable.',
      })
    this.#loaded.add(name)
    return PyDict.from([
      ['response', stored.response],
      ['data', stored.table ? stored.table.rows.map((row) => [...row.values]) : []],
      ['table', stored.table ?? new AgateTable([], [])],
    ])
  }
}
