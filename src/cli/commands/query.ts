import { readFile } from 'node:fs/promises'
import { Option } from 'commander'
import { codeFrame, errorFromJson, type MillraceError, plural, toMillraceError } from '../../base/index.js'
import type { QueryResult } from '../../warehouse/index.js'
import type { CommandDefinition, GlobalOptions } from '../command.js'
import { cliErrors } from '../errors.js'
import { interruptSignal } from '../interrupt.js'
import { withEngine } from '../open-project.js'
import { positiveInteger } from '../option-values.js'
import { type QueryFormat, queryFormats, resultText } from '../output/query-result.js'

interface QueryOptions extends GlobalOptions {
  readonly write?: boolean
  readonly dryRun?: boolean
  readonly file?: string
  readonly format?: QueryFormat
  readonly limit: number
}

export const query: CommandDefinition = {
  name: 'query',
  arguments: [['[sql]', 'one statement; from --file or standard input when left out']],
  summary: 'Ask the warehouse in SQL',
  details: 'It runs read-only unless --write is set. Ctrl-C cancels it in the warehouse.',
  options: [
    new Option('--file <file>', 'read the SQL from a file; - is standard input'),
    new Option('--write', 'allow statements that write, and several of them'),
    new Option('--dry-run', 'say how many bytes it would read, and run nothing (BigQuery)'),
    new Option('--format <format>', 'default: table on a terminal, csv in a pipe').choices(queryFormats),
    new Option('--limit <n>', 'at most this many rows').argParser(positiveInteger).default(1000),
  ],
  examples: [
    ["millrace query 'select count(*) from main.mart_routes'", ''],
    ['millrace query --file report.sql --format csv > report.csv', ''],
    ["echo 'from main.mart_routes' | millrace query --format jsonl --limit 5", ''],
  ],
  json: 'an array of rows as objects; integers beyond 2^53 and decimals are strings (--format jsonl: one row a line)',
  async run(sql: string | undefined, options: QueryOptions) {
    const { file, text } = await queryText(sql, options.file)
    return withEngine(options, async (engine) => {
      const result: QueryResult = await engine
        .query({
          sql: text,
          limit: options.limit,
          allowWrite: options.write ?? false,
          isDryRun: options.dryRun ?? false,
          signal: interruptSignal(),
        })
        .catch((error: unknown) => {
          throw located(error, text, file)
        })
      const format = options.format ?? (options.json ? 'json' : process.stdout.isTTY ? 'table' : 'csv')
      const written = resultText(result, format)
      if (written !== '') console.log(written)
      if (result.truncated) console.error(`Only the first ${plural(options.limit, 'row')}; --limit shows more.`)
      return 0
    })
  },
}

async function queryText(sql: string | undefined, file: string | undefined): Promise<{ file: string; text: string }> {
  if (sql !== undefined && file !== undefined)
    throw cliErrors.create('CLI_USAGE', {
      message: 'There are two queries: the argument and --file.',
      hint: 'Give one of them.',
    })
  if (file !== undefined && file !== '-') return { file, text: notEmpty(await readSqlFile(file)) }
  const text = sql ?? (process.stdin.isTTY && file === undefined ? '' : await standardInput())
  return { file: 'query', text: notEmpty(text) }
}

function notEmpty(text: string): string {
  if (text.trim() !== '') return text
  throw cliErrors.create('CLI_USAGE', {
    message: 'There is no query.',
    hint: 'Give it as an argument, by --file, or through standard input.',
  })
}

async function readSqlFile(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw cliErrors.create('CLI_USAGE', {
      message: `The file ${file} cannot be read (${cause.code}).`,
      hint: 'Name a file of SQL, or - for standard input.',
      cause,
    })
  })
}

/** The place in the query that the warehouse points at, shown. */
function located(thrown: unknown, sql: string, file: string): MillraceError {
  const error = toMillraceError(thrown)
  const { line, column } = (error.data ?? {}) as { line?: number; column?: number }
  if (line === undefined) return error
  return errorFromJson({
    ...error.toJSON(),
    at: { file, line, column },
    frame: codeFrame(sql, line, column),
    hint: error.hint ?? '`millrace assets` lists tables and views; `millrace query "describe <name>"` their columns.',
  })
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
