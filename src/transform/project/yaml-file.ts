import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { MillraceError, readText, readYaml, valueAt, type YamlDocument } from '../../base/index.js'
import { PyFloat } from '../../jinja/index.js'
import { transformErrors } from '../errors.js'
import { keepPythonValues } from './python-values.js'

/** dbt reads YAML as Python does (version 1.1). An empty file is an empty mapping. */
export const readYamlFile = (path: string, shown: string) => readYamlText(readText(path, shown), shown)

export interface SettingsFile extends YamlDocument {
  readonly mapping: Record<string, unknown>
  readonly text: string
}

export function readYamlText(text: string, shown: string): SettingsFile {
  const document = readYaml(text, shown, { version: '1.1' })
  keepPythonValues(document.value, text)
  return { ...document, mapping: isMapping(document.value) ? document.value : {}, text }
}

/** A file of settings whose root must be a mapping, or nothing. @throws the error of the code, YAML_SYNTAX */
export function readMappingFile(
  path: string,
  shown: string,
  code: 'TRANSFORM_PROJECT_INVALID' | 'TRANSFORM_PROFILE_INVALID' = 'TRANSFORM_PROJECT_INVALID',
): SettingsFile {
  const file = readYamlFile(path, shown)
  if (file.value === null || file.value === undefined || isMapping(file.value)) return file
  throw transformErrors.create(code, {
    message: `${basename(shown)} does not parse to a dictionary.`,
    at: { file: shown, line: 1, column: 1 },
    hint: 'Begin it with a key: "name: value".',
  })
}

export function readYamlFileIfExists(path: string, shown: string) {
  return existsSync(path) ? readYamlFile(path, shown) : undefined
}

export const isMapping = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value) && !(value instanceof PyFloat)
export const asList = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]
export const asText = (value: unknown, fallback = ''): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? fallback : String(value)
export const mappings = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isMapping) : []

/** Keys and places in lists that lead to a value. */
export type Path = readonly (string | number)[]

/** Whether a template stands at a place: what it makes of a text that looks like a number is one, and means the text. */
export function isTemplateAt(written: unknown, path: Path): boolean {
  const value = valueAt(written, path)
  return typeof value === 'string' && value.includes('{{')
}

/**
 * Tells an error of a template where the template stands in its file: the engine of templates knows no more of it than its text.
 * Of two that are the same the first one is named; it failed first.
 */
export function inDocument(thrown: unknown, template: string, document: Pick<YamlDocument, 'value' | 'show'>): unknown {
  const path = thrown instanceof MillraceError ? pathOf(document.value, template) : undefined
  return path === undefined ? thrown : Object.assign(thrown as MillraceError, document.show(path))
}

/**
 * Where a value stands within another one; of mappings and lists this one, not an equal one.
 * @param accepts whether it may be that place; the next one is looked for otherwise
 */
export function pathOf(
  value: unknown,
  wanted: unknown,
  accepts: (path: Path) => boolean = () => true,
  path: Path = [],
): Path | undefined {
  if (value === wanted && accepts(path)) return path
  const entries = Array.isArray(value) ? value.entries() : isMapping(value) ? Object.entries(value) : []
  for (const [key, item] of entries) {
    const found = pathOf(item, wanted, accepts, [...path, key])
    if (found !== undefined) return found
  }
  return undefined
}
