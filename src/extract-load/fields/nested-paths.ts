import type { SourceLocation } from '../../base/index.js'
import type { ConfiguredStream, FieldPath } from '../contract.js'
import { extractLoadErrors } from '../errors.js'
import { isSameName } from './same-name.js'

type Ordered = Pick<ConfiguredStream, 'primaryKey' | 'cursorField'>

/** What the column of a path is called: `user.id`. */
export const nameOfPath = (path: FieldPath): string => path.join('.')

/**
 * The paths of a stream's key and cursor that lead into nested data. What is there is loaded as a column of its own, beside the field
 * that the path leads into: so every table can find and order its rows by it.
 */
export function nestedPaths({ primaryKey = [], cursorField }: Ordered): FieldPath[] {
  const paths = [...primaryKey, ...(cursorField ? [cursorField] : [])].filter(({ length }) => length > 1)
  return [...new Map(paths.map((path) => [nameOfPath(path), path])).values()]
}

/** The fields that a stream's key and cursor need, by their names in the source. */
export const neededFields = ({ primaryKey = [], cursorField }: Ordered): string[] =>
  [...primaryKey, ...(cursorField ? [cursorField] : [])].flatMap(([field]) => field ?? [])

/** @param names the fields that the source has @throws CURSOR_INVALID where a path would have the name of one of them */
export function checkPathNames(
  stream: ConfiguredStream['name'],
  paths: readonly FieldPath[],
  names: readonly string[],
  at?: SourceLocation,
): void {
  const path = paths.find((one) => names.some((name) => isSameName(name, nameOfPath(one))))
  if (path === undefined) return
  throw invalidPath(
    stream,
    path,
    `would be loaded as \`${nameOfPath(path)}\`, which is another field of it`,
    `If that field is meant, write it as one name: '${nameOfPath(path)}'.`,
    at,
  )
}

export const invalidPath = (stream: string, path: FieldPath, why: string, hint: string, at?: SourceLocation) =>
  extractLoadErrors.create('CURSOR_INVALID', {
    message: `The path [${path.join(', ')}] of the stream \`${stream}\` ${why}.`,
    at,
    hint,
  })
