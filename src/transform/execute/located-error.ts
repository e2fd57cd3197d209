import { join } from 'node:path'
import { codeFrame, type MillraceError, toMillraceError } from '../../base/index.js'
import { macroStack } from '../../jinja/index.js'

export interface ErrorSubject {
  readonly resource_type: string
  readonly name: string
  readonly original_file_path: string
  readonly package_name: string
  readonly compiled_code?: string | null
}

/** An error of a node with its place: in the template where that failed, in the compiled SQL where the database refused it. */
export function locatedError(thrown: unknown, subject: ErrorSubject, lastSql: string): MillraceError {
  const error = toMillraceError(thrown)
  const line = error.data?.line
  if (error.code === 'WAREHOUSE_SQL' && typeof line === 'number') return inCompiledSql(error, line, subject, lastSql)
  // Nobody keeps SQL of the command line in a file.
  if (error.at || subject.resource_type === 'sql_operation') return error
  return Object.assign(error, { at: { file: subject.original_file_path } })
}

/** The database counts lines in the statement that was sent; what the user wrote stands somewhere in the middle of it. */
function inCompiledSql(error: MillraceError, line: number, subject: ErrorSubject, lastSql: string): MillraceError {
  const compiled = subject.compiled_code ?? ''
  const offset = compiled === '' ? -1 : lastSql.indexOf(compiled.trim())
  const skipped = offset < 0 ? 0 : lastSql.slice(0, offset).split('\n').length - 1
  const leading = offset < 0 ? 0 : compiled.slice(0, compiled.indexOf(compiled.trim())).split('\n').length - 1
  const isInCompiled = offset >= 0 && line > skipped
  const own = isInCompiled ? line - skipped + leading : line
  const folder = isInCompiled ? 'compiled' : 'run'
  return Object.assign(error, {
    at: { file: join('target', folder, subject.package_name, subject.original_file_path), line: own },
    frame: codeFrame(isInCompiled ? compiled : lastSql, own),
  })
}

/** The kind of error in dbt's words, which its tools look for. */
function headerOf(error: MillraceError, adapterType: string): string {
  if (error.code.startsWith('WAREHOUSE_')) return adapterType === 'duckdb' ? 'Runtime Error' : 'Database Error'
  return /^(JINJA|TRANSFORM)_/.test(error.code) ? 'Compilation Error' : 'Runtime Error'
}

/** The message of a failed node as run_results.json has it: what failed where, and the macros on the way. */
export function resultMessage(error: MillraceError, subject: ErrorSubject, adapterType: string): string {
  const lines = error.message.split('\n')
  const stack = macroStack(error).filter(({ isInternal }) => !isInternal)
  const via = stack.map(
    ({ macro, file, line }, i) => `${i === 0 ? '> in' : '> called by'} macro ${macro} (${file}:${line})`,
  )
  if (via.length > 0)
    lines.push('', ...via, `> called by ${subject.resource_type} ${subject.name} (${subject.original_file_path})`)
  return [
    `${headerOf(error, adapterType)} in ${subject.resource_type} ${subject.name} (${subject.original_file_path})`,
    ...lines.map((line) => `  ${line}`.trimEnd()),
  ].join('\n')
}
