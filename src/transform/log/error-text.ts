import { type ErrorDetails, formatLocation, type MillraceError } from '../../base/index.js'
import { macroStack } from '../../jinja/index.js'
import { type DbtErrorType, dbtErrorTypes } from '../errors.js'

/** What an error belongs to, as its first line names it: `model orders (models/orders.sql)`. */
export interface ErrorSubject {
  readonly resource_type: string
  readonly name: string
  readonly original_file_path: string
}

const subjectText = ({ resource_type, name, original_file_path }: ErrorSubject) =>
  `${resource_type} ${name} (${original_file_path})`

/** Tells an error which node it belongs to, where its first line shall say so. The innermost node stays. */
export function withSubject(error: MillraceError, subject: ErrorSubject): MillraceError {
  if (error.data?.subject !== undefined || isUsage(error)) return error
  return Object.assign(error, { data: { ...error.data, subject: subjectText(subject) } })
}

/** The command line itself was wrong; dbt answers those with its usage. */
export const isUsage = ({ code }: { readonly code: string }) => code === 'TRANSFORM_USAGE'

/** The kind of an error in dbt's words, which its tools look for: `Compilation Error`. A few have none: ''. */
export function errorHeader(error: Pick<MillraceError, 'code' | 'data'>): string {
  const own = error.data?.dbtType
  const type =
    typeof own === 'string' ? own : (dbtErrorTypes[error.code as keyof typeof dbtErrorTypes] ?? byPrefix(error))
  return type === '' ? '' : `${type} Error`
}

const databaseErrors = new Set([
  'WAREHOUSE_SQL',
  'WAREHOUSE_DISK_FULL',
  'WAREHOUSE_UNREACHABLE',
  'WAREHOUSE_REFUSED',
  'WAREHOUSE_CONNECTION_LOST',
])

function byPrefix({ code }: { readonly code: string }): DbtErrorType {
  if (code.startsWith('JINJA_')) return 'Compilation'
  if (databaseErrors.has(code)) return 'Database'
  return code === 'UNEXPECTED' ? 'Internal' : 'Runtime'
}

/** The macros that an error passed, innermost first, and the node that called them. */
function callers(error: MillraceError, subject: string | undefined): string[] {
  const stack = macroStack(error).filter(({ isInternal }) => !isInternal)
  const frames = stack
    .filter(({ macro }) => macro !== undefined)
    .map(({ macro, file, line }) => `macro ${macro} (${file}:${line})`)
  const [innermost, ...others] = frames
  if (innermost === undefined) return []
  const via = [`> in ${innermost}`, ...withoutRepeats(others)]
  const from = stack.find(({ macro, file }) => macro === undefined && subject?.includes(`(${file})`))
  const caller = from ? subject?.replace(`(${from.file})`, `(${from.file}:${from.line})`) : subject
  return ['', ...via, ...(caller === undefined ? [] : [`> called by ${caller}`])]
}

/** A macro that calls itself without end, by others or directly, passes the same places hundreds of times. */
function withoutRepeats(frames: readonly string[]): string[] {
  const seen = new Set<string>()
  const lines: string[] = []
  let repeats: string[] = []
  const tellRepeats = () => {
    lines.push(...(repeats.length > mostRepeats ? [`> … ${repeats.length} more, of these again`] : repeats))
    repeats = []
  }
  for (const frame of frames) {
    const line = `> called by ${frame}`
    if (seen.has(line)) {
      repeats.push(line)
      continue
    }
    seen.add(line)
    tellRepeats()
    lines.push(line)
  }
  tellRepeats()
  return lines
}

/** As many are written out: a macro may well be called twice. */
const mostRepeats = 3

/**
 * An error as dbt says it: its kind and node on the first line, then what happened and the macros on the way, indented.
 * @param header where the engine calls it otherwise
 */
export function errorMessage(
  error: MillraceError,
  options: { subject?: ErrorSubject; header?: string | undefined } = {},
): string {
  const subject = options.subject ? subjectText(options.subject) : (error.data?.subject as string | undefined)
  const header = options.header ?? errorHeader(error)
  if (header === '') return error.message
  return [
    subject === undefined ? header : `${header} in ${subject}`,
    ...indented([...error.message.split('\n'), ...callers(error, subject)]),
  ].join('\n')
}

/** The same, and where it is and what to do, for the end of a command. */
export const errorText = (error: MillraceError): string => withPlace(errorMessage(error), error)

/** The message of a failed node, and below it where it failed and what to do: what dbt says first, indented as it is there. */
export const withPlace = (message: string, error: ErrorDetails): string =>
  [message.trimEnd(), ...indented(placeLines({ ...error, message }))].join('\n')

/** Where an error is, as file and lines, and what to do about it. */
export function placeLines({ message, at, frame, hint }: ErrorDetails): string[] {
  const place = at && formatLocation(at)
  return [
    ...(place === undefined || message.includes(place) ? [] : ['', `at ${place}`]),
    ...(frame === undefined ? [] : ['', ...frame.split('\n')]),
    ...(hint === undefined ? [] : ['', `Hint: ${hint}`]),
  ]
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`.trimEnd())
