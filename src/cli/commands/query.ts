import { codeFrame, errorFromJson, type MillraceError, toMillraceError } from '../../base/index.js'
import { cliErrors } from '../errors.js'
import { type GlobalOptions, interruptSignal, withEngine } from '../globals.js'
import { cellText, csvLine, textTable } from '../output/table.js'

interface QueryOptions extends GlobalOptions {
  readonly write?: boolean
  readonly format?: string
  readonly limit: number
}

export async function query(sql: string | undefined, options: QueryOptions): Promise<number> {
  const text = sql ?? (process.stdin.isTTY ? '' : await standardInput())
  if (text.trim() === '')
    throw cliErrors.create('CLI_USAGE', {
      message: 'There is no query.',
      hint: 'Give it as an argument, or through standard input.',
    })
  return withEngine(options, async (engine) => {
    const result = await engine
      .query({
        sql: text,
        limit: options.limit,
        allowWrite: options.write ?? false,
        signal: interruptSignal(),
      })
      .catch((error: unknown) => {
        throw located(error, text)
      })
    const names = result.columns.map((column) => column.name)
    const objects = () => result.rows.map((row) => Object.fromEntries(names.map((name, i) => [name, row[i]])))
    const json = (value: unknown) =>
      JSON.stringify(value, (_, inner: unknown) =>
        typeof inner === 'bigint' ? String(inner) : inner instanceof Uint8Array ? cellText(inner) : inner,
      )
    const format = options.format ?? (options.json ? 'json' : process.stdout.isTTY ? 'table' : 'csv')
    if (format === 'csv') console.log([csvLine(names), ...result.rows.map(csvLine)].join('\n'))
    else if (format === 'json') console.log(json(objects()))
    else if (format === 'ndjson') for (const row of objects()) console.log(json(row))
    else console.log(textTable(names, result.rows))
    if (result.truncated) console.error(`Only the first ${options.limit} rows; --limit shows more.`)
    return 0
  })
}

/** The place in the query that the warehouse points at, shown. */
function located(thrown: unknown, sql: string): MillraceError {
  const error = toMillraceError(thrown)
  const { line, column } = (error.data ?? {}) as { line?: number; column?: number }
  if (line === undefined) return error
  const at = { file: 'query', line, column }
  return errorFromJson({
    ...error.toJSON(),
    at,
    frame: codeFrame(sql, line, column),
    hint: error.hint ?? '`millrace assets` lists tables and views; `millrace query "describe <name>"` their columns.',
  })
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
