import { MillraceError } from '../../../base/index.js'
import { transformErrors } from '../../errors.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { duplicateKeyWarnings } from '../../project/duplicate-keys.js'
import { asText, isMapping, type Path, readYamlText } from '../../project/yaml-file.js'
import type { Problem } from '../../value-checks.js'
import type { Diagnostics } from '../files/diagnostics.js'
import { type PackageFile, packageFiles } from '../files/files.js'
import type { Tracker } from '../files/tracker.js'
import { problemsOfEntry } from './entry-checks.js'
import { type Property, type PropertyKind, propertyKinds } from './properties.js'
import { type NoEntry, PropertyProblems } from './property-problems.js'

/** The properties files of a package. */
export const propertyFiles = (dbtPackage: DbtPackage): PackageFile[] =>
  packageFiles(dbtPackage, ['model', 'seed', 'snapshot', 'analysis', 'macro', 'test', 'function'], /\.ya?ml$/i)

/** What is no YAML is no error of what runs, as in a file of settings, but of what is parsed. */
function readDocument(text: string, file: string) {
  try {
    return readYamlText(text, file)
  } catch (thrown) {
    throw thrown instanceof MillraceError
      ? Object.assign(thrown, { data: { ...thrown.data, dbtType: 'Parsing' } })
      : thrown
  }
}

/** The entries of one properties file. */
export function readProperties(
  { path, original: file }: PackageFile,
  dbtPackage: DbtPackage,
  tracker: Tracker,
  diagnostics: Diagnostics,
): Property[] {
  // dbt strips files, which a block of text in the last line shows.
  const document = readDocument(tracker.text(dbtPackage, file, path).trimEnd(), file)
  const { value, mapping, locate, text } = document
  if (value !== null && value !== undefined && !isMapping(value))
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Contents of file '${file}' are not valid. Dictionary expected.`,
      at: { file, line: 1, column: 1 },
      hint: 'Begin it with a key such as "models:".',
    })
  for (const warning of duplicateKeyWarnings(document, text, file)) diagnostics.warn(warning)
  const told = new PropertyProblems(file, document, diagnostics)
  return propertyKinds.flatMap((kind) => {
    if (!(kind in mapping)) return []
    const entries = mapping[kind]
    if (!Array.isArray(entries)) {
      const hint = `Write "${kind}:" and below it entries that begin with "- name:".`
      told.isNoEntry(kind, { reason: `the value of '${kind}' is not a list`, path: [kind], hint })
      return []
    }
    return entries.flatMap((values: unknown, i): Property[] => {
      if (!isEntry(values)) {
        told.isNoEntry(kind, noEntry(kind, values, i))
        return []
      }
      const problems = problemsOfEntry(kind, values)
      for (const problem of problems) told.isRefused(kind, i, values.name, problem)
      if (problems.length > 0 && readAsWhole.has(kind)) return []
      const located = (rest: Path) => locate([kind, i, ...rest])
      return [
        {
          kind,
          name: asText(values.name),
          hasVersions: values.versions !== undefined,
          values: without(values, problems),
          package: dbtPackage,
          file,
          get at() {
            return located(['name'])
          },
          locate: located,
        },
      ]
    })
  })
}

const isEntry = (values: unknown): values is Record<string, unknown> & { readonly name: string } =>
  isMapping(values) && typeof values.name === 'string'

function noEntry(kind: PropertyKind, values: unknown, index: number): NoEntry {
  const [path, hint] = [[kind, index], 'Begin it with "- name: …".']
  if (!isMapping(values)) return { reason: `a list element for '${kind}' is not a dictionary`, path, hint }
  if (values.name !== undefined)
    return { reason: `the name of a list element for '${kind}' is not a string.`, path: [...path, 'name'], hint }
  const reason =
    kind === 'data_tests'
      ? 'Entry did not contain a name'
      : `a list element for '${kind}' does not have a name attribute.`
  return { reason, path, hint }
}

/** What these lack, who reads them would ask for once more. */
const readAsWhole: ReadonlySet<PropertyKind> = new Set([
  'exposures',
  'unit_tests',
  'semantic_models',
  'metrics',
  'saved_queries',
])

/** An entry goes on without what is wrong in it: what follows from that is no error of its own. */
function without(values: Record<string, unknown>, problems: readonly Problem[]): Record<string, unknown> {
  if (problems.length === 0) return values
  const wrong = new Set(problems.map(({ path }) => path[0]))
  return Object.fromEntries(Object.entries(values).filter(([key]) => !wrong.has(key)))
}
