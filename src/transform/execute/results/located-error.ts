import { join } from 'node:path'
import { codeFrame, type MillraceError, toMillraceError } from '../../../base/index.js'
import { withoutComments } from '../../../sql/index.js'
import { engineOf } from '../../adapter/engines/index.js'
import { errorMessage, type ErrorSubject as NamedSubject } from '../../log/error-text.js'
import { hintOfKey } from './key-hint.js'
import { writtenLine } from './written-line.js'

export interface ErrorSubject extends NamedSubject {
  readonly package_name: string
  readonly raw_code?: string
  readonly compiled_code?: string | null
  /** Where its SQL was written, when it was. */
  readonly compiled_path?: unknown
  readonly config?: unknown
}

/**
 * An error of a node with its place: in the template where that failed; where the database refused the SQL, in the line
 * of the user's file that it came from, or else in the compiled SQL.
 * @param firstLine of the node's code in its file
 */
export function locatedError(thrown: unknown, subject: ErrorSubject, lastSql: string, firstLine = 1): MillraceError {
  const error = toMillraceError(thrown)
  // A database takes a NUL for the end of the SQL, and shows no line.
  const line = error.data?.line ?? lineOfNul(lastSql)
  if (error.code === 'WAREHOUSE_SQL') {
    const hint = hintOfKey(error, (subject.config as { unique_key?: unknown } | undefined)?.unique_key, lastSql)
    if (hint !== undefined) Object.assign(error, { hint })
  }
  if (error.code === 'WAREHOUSE_SQL' && typeof line === 'number')
    return Object.assign(error, hintOfSql(error, subject), placeOfSql(line, subject, lastSql, firstLine))
  // Nobody keeps SQL of the command line in a file.
  if (error.at || subject.resource_type === 'sql_operation') return error
  return Object.assign(error, { at: { file: subject.original_file_path } })
}

/** The database saw more than the user wrote: it complains of what stands around that. */
function hintOfSql({ message, hint }: MillraceError, { compiled_code, resource_type }: ErrorSubject) {
  if (hint !== undefined || typeof compiled_code !== 'string' || !/syntax error/i.test(message)) return {}
  if (compiled_code.includes('\0'))
    return { hint: 'Remove the NUL character there: for the database the SQL ends before it.' }
  const code = withoutComments(compiled_code)
  if (code === '') return { hint: `The ${resource_type} has no SQL: write a query into its file, or remove it.` }
  if (/(?<!\{)\{ *(?:ref|source|var|config)\b/.test(code))
    return { hint: 'A template has two braces on each side: {{ ref(…) }}.' }
  return code.endsWith(';') ? { hint: 'Remove the `;` at the end: the query becomes part of a longer statement.' } : {}
}

const lineOfNul = (text: string) =>
  text.includes('\0') ? text.slice(0, text.indexOf('\0')).split('\n').length : undefined

/** The database counts lines in the statement that was sent; what the user wrote stands somewhere in the middle of it. */
function placeOfSql(line: number, subject: ErrorSubject, lastSql: string, firstLine: number) {
  const compiled = subject.compiled_code ?? ''
  const offset = compiled === '' ? -1 : lastSql.indexOf(compiled.trim())
  const skipped = offset < 0 ? 0 : lastSql.slice(0, offset).split('\n').length - 1
  const leading = offset < 0 ? 0 : compiled.slice(0, compiled.indexOf(compiled.trim())).split('\n').length - 1
  const isInCompiled = offset >= 0 && line > skipped
  const own = isInCompiled ? line - skipped + leading : line
  const raw = subject.raw_code ?? ''
  const written = isInCompiled ? writtenLine(raw, compiled, own) : undefined
  if (written !== undefined)
    return {
      at: { file: subject.original_file_path, line: firstLine + written - 1 },
      frame: codeFrame(raw, written, undefined, firstLine),
    }
  // SQL of the command line is written into no file.
  if (subject.resource_type === 'sql_operation')
    return { at: { file: `${subject.original_file_path}, as it was sent`, line }, frame: codeFrame(lastSql, line) }
  const folder = isInCompiled ? 'compiled' : 'run'
  const file =
    isInCompiled && typeof subject.compiled_path === 'string'
      ? subject.compiled_path
      : join('target', folder, subject.package_name, subject.original_file_path)
  return {
    at: { file, line: own },
    frame: codeFrame(isInCompiled ? compiled : lastSql, own),
  }
}

/** The message of a failed node as run_results.json has it: what failed where, and the macros on the way. */
export function resultMessage(error: MillraceError, subject: ErrorSubject, adapterType: string): string {
  return errorMessage(error, { subject, header: warehouseHeader(error, adapterType) })
}

/** The kind of an error of the warehouse: what DuckDB refuses is a runtime error for dbt, what other databases refuse is theirs. */
export const warehouseHeader = ({ code }: MillraceError, adapterType: string) =>
  code.startsWith('WAREHOUSE_') ? engineOf(adapterType).errorHeader : undefined
