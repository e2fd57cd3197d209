import { join } from 'node:path'
import { readText } from '../../../base/index.js'
import { readCsv } from '../../adapter/csv.js'
import type { ManifestNode } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { asText, isMapping } from '../../project/yaml-file.js'
import { fixtureFiles } from '../files/files.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'
import { readInput } from './unit-test-input.js'

/** Rows that a unit test gives or expects, as the manifest shows them. */
export interface UnitTestRows {
  readonly rows: unknown
  readonly format: string
  readonly fixture: string | null
}

const formats = ['dict', 'csv', 'sql']

/**
 * CSV is read, a fixture is found in its file, and an input that says nothing is a seed, which has rows of its own.
 * @throws TRANSFORM_YAML_INVALID, TRANSFORM_DUPLICATE_NAME for two fixtures of one name
 */
export function rowsOf(
  scope: ParseScope,
  { package: own, name, file, at }: Property,
  values: Record<string, unknown>,
  kind: 'input' | 'expected',
): UnitTestRows {
  const invalid = (message: string, hint?: string) =>
    transformErrors.create('TRANSFORM_YAML_INVALID', { message, at, hint })
  const format = asText(values.format, 'dict')
  const fixture = typeof values.fixture === 'string' ? values.fixture : null
  if (!formats.includes(format))
    throw invalid(
      `Invalid unit_tests config given in ${file}: format '${format}' of '${name}' is not one of ${formats.join(', ')}.`,
    )
  if (format === 'dict') {
    const isSeed = fixture === null && values.rows == null && kind === 'input'
    const rows = isSeed ? seedRows(scope, own, asText(values.input), invalid) : (values.rows ?? [])
    if (fixture === null && Array.isArray(rows)) return { rows: fullRowFirst(rows), format, fixture }
    throw invalid(`Unit test ${name} has ${kind} rows which do not match format dict`, 'Write a list of mappings.')
  }
  const text = fixture === null ? values.rows : fixtureText(scope, own, `${fixture}.${format}`, file, invalid)
  if (typeof text !== 'string')
    throw invalid(
      `Unit test ${name} has ${kind} rows or fixtures which do not match format ${format}.  Expected string.`,
    )
  return { rows: format === 'csv' ? fullRowFirst(csvRows(text)) : text, format, fixture }
}

/** Rows by column; what is empty is null, in a seed too, as in the seed's table. */
function csvRows(text: string): Record<string, string | null>[] {
  const [header = [], ...rows] = readCsv(text.replace(/^\uFEFF/, '')).rows
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name.trim(), row[i] || null])))
}

/** As in dbt, the first row without a null changes places with the first: it tells the types of its columns. */
function fullRowFirst(rows: readonly unknown[]): readonly unknown[] {
  const full = rows.findIndex((row) => isMapping(row) && Object.values(row).every((value) => value !== null))
  if (full <= 0) return rows
  return rows.map((row, i) => (i === 0 ? rows[full] : i === full ? rows[0] : row))
}

type Invalid = (message: string, hint?: string) => Error

function fixtureText(scope: ParseScope, own: DbtPackage, fileName: string, asker: string, invalid: Invalid): string {
  scope.tracker.read(`fixtures:${own.name}`)
  const [found, other] = fixtureFiles(own).filter(({ name }) => name === fileName)
  if (!found)
    throw invalid(
      `File not found for fixture '${fileName.replace(/\.\w+$/, '')}' in unit tests in ${asker}`,
      `Put ${fileName} below ${own.paths.test[0] ?? 'tests'}/fixtures.`,
    )
  if (other)
    throw transformErrors.create('TRANSFORM_DUPLICATE_NAME', {
      message: `Two fixtures are called ${fileName}: ${found.original} and ${other.original}.`,
      at: { file: other.original },
      hint: 'Rename one of them.',
    })
  return trackedText(scope, found.path)
}

/** An input that is no ref has nothing to read rows from. */
function seedRows(scope: ParseScope, own: DbtPackage, input: string, invalid: Invalid): unknown {
  const reference = readInput(input)
  if (reference?.kind !== 'ref') return []
  const [name = '', packageName = own.name] = [...reference.names].reverse()
  const isIt = (node: ManifestNode) => node.resource_type === 'seed' && node.package_name === packageName
  const seed = scope.references.nodesNamed(name).find(isIt)
  if (!seed)
    throw invalid(
      `Unable to find seed '${packageName}.${name}' for unit tests in directories: ${own.paths.seed.join(', ')}`,
      'An input that is no seed needs `rows`; write `rows: []` for none.',
    )
  return csvRows(trackedText(scope, join(seed.root_path ?? own.dir, seed.original_file_path)))
}

function trackedText({ tracker }: ParseScope, path: string): string {
  tracker.read(`file:${path}`)
  return readText(path)
}
