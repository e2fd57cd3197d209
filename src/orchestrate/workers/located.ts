import { readFileSync } from 'node:fs'
import { sep } from 'node:path'
import { codeFrame, MillraceError, type SourceLocation, toMillraceError } from '../../base/index.js'
import { orchestrateErrors } from '../errors.js'
import { ownFolders, ownName, type Place } from './own-folders.js'

/** `at run (file:///x/definitions.ts:3:7)`, `at /x/definitions.ts:3:7` */
const stackFrame = /(?:file:\/\/)?(\/[^\s():]+|[A-Z]:[^\s():]+):(\d+):(\d+)/
/** esbuild: `/x/definitions.ts:3:7: ERROR: Expected ")"`; its columns count from 0. */
const syntaxError = /(\/[^\s:]+|[A-Z]:[^\s:]+):(\d+):(\d+): ERROR: (.*)/

/** The user's error, with the line of the user's own file where it happened. */
export function located(
  thrown: unknown,
  code: 'DEFINITIONS_INVALID' | 'USER_CODE_FAILED' | 'RESOURCE_FAILED',
  project: Place,
): MillraceError {
  const known = toMillraceError(thrown)
  // A query's error knows its place already; a definition's is placed by where it was written.
  if (thrown instanceof MillraceError && known.at) return known
  // What a run was asked for, what was made before it or what a sensor remembers is wrong, and no line of the code.
  if (['CONFIG_INVALID', 'VALUE_MISSING', 'SENSOR_CURSOR_INVALID', 'SENSOR_FILES_UNREADABLE'].includes(known.code))
    return known
  const syntax = syntaxError.exec(known.message)
  const place = syntax ?? ownFrame(thrown, project)
  const [, file = project.file, line, column] = place ?? []
  const at: SourceLocation = {
    file: ownName(file, project),
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) + (syntax ? 1 : 0) }),
  }
  return orchestrateErrors.create(code, {
    message: syntax?.[4] ?? known.message,
    at,
    frame: at.line === undefined ? undefined : frameOf(file, at.line),
    hint: known.code === 'UNEXPECTED' ? 'Mend the code there and try again.' : known.hint,
    cause: thrown,
  })
}

/** The innermost line of the stack that the user wrote. */
function ownFrame(thrown: unknown, project: Place): RegExpExecArray | undefined {
  const folders = ownFolders(project).map((folder) => folder + sep)
  const isOwn = (path = '') => folders.some((folder) => path.startsWith(folder)) && !path.includes('node_modules')
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : ''
  return stack
    .split('\n')
    .map((line) => stackFrame.exec(line) ?? undefined)
    .find((match) => isOwn(match?.[1]))
}

function frameOf(file: string, line: number): string | undefined {
  try {
    return codeFrame(readFileSync(file, 'utf8'), line)
  } catch {
    return undefined
  }
}
