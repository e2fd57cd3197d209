import { codeFrame, type MillraceError, toMillraceError } from '../../../base/index.js'
import { engineOf } from '../../adapter/engines/index.js'
import type { ManifestNode, ManifestResource } from '../../contract.js'
import { errorMessage } from '../../log/error-text.js'
import type { ParsedProject } from '../../parse/parse-project.js'
import { inProperties } from '../../project/written-place.js'
import { mappings, type Path } from '../../project/yaml-file.js'
import { writtenLine } from '../results/written-line.js'

export interface UnitTestSql {
  /** The statement that was sent last. */
  readonly sent: string
  /** The model's SQL over the given rows, and where it was written. */
  readonly compiled: string
  readonly compiledPath: string | undefined
  /** Where in the test a row stands that a line of the SQL was made of. */
  readonly rowPaths: ReadonlyMap<string, Path>
}

/**
 * An error of a unit test with its place: the row or the name in the properties file, the line of the model, or else the SQL
 * that was sent.
 */
export function locatedUnitTest(
  thrown: unknown,
  test: ManifestResource,
  model: ManifestNode | undefined,
  sql: UnitTestSql,
  project: ParsedProject,
): MillraceError {
  const error = toMillraceError(thrown)
  const { line, path = [] } = error.data ?? {}
  if (error.code !== 'WAREHOUSE_SQL' || typeof line !== 'number')
    return error.at ? error : inUnitTest(error, test, project, path as Path)
  const rowPath = sql.rowPaths.get(sql.sent.split('\n')[line - 1] ?? '')
  if (rowPath) return inUnitTest(error, test, project, rowPath)
  if (sql.sent !== sql.compiled) return inUnitTest(error, test, project, ['expect'])
  const firstLine = project.firstLines.get(model?.unique_id ?? '') ?? 1
  const code = model?.raw_code ?? ''
  const written = writtenLine(code, sql.compiled, line)
  if (model && written !== undefined)
    return Object.assign(error, {
      at: { file: model.original_file_path, line: firstLine + written - 1 },
      frame: codeFrame(code, written, undefined, firstLine),
    })
  const file = sql.compiledPath ?? test.original_file_path
  return Object.assign(error, { at: { file, line }, frame: codeFrame(sql.compiled, line) })
}

/** Tells an error where in a unit test it is. */
export function inUnitTest(error: MillraceError, test: ManifestResource, { packages }: ParsedProject, path: Path) {
  Object.assign(error, { at: { file: test.original_file_path } })
  return inProperties(error, test, packages, ({ unit_tests }) => {
    const i = mappings(unit_tests).findIndex(({ name, model }) => name === test.name && model === test.model)
    return i < 0 ? undefined : ['unit_tests', i, ...path]
  })
}

/** What the database refuses is more often the rows' fault than the model's: dbt says so first. */
export function unitTestMessage(error: MillraceError, test: ManifestResource, adapterType: string): string {
  if (!error.code.startsWith('WAREHOUSE_')) return errorMessage(error, { subject: test })
  const lines = [
    `An error occurred during execution of unit test '${test.name}'. There may be an error in the unit test definition: check the data types.`,
    ` ${engineOf(adapterType).errorHeader}`,
    ...error.message.split('\n').map((one) => `  ${one}`),
  ]
  const header = `Runtime Error in unit_test ${test.name} (${test.original_file_path})`
  return [header, ...lines.map((one) => `  ${one}`)].join('\n')
}
