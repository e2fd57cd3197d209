import type { SourceLocation } from '../../../base/index.js'
import type { Diagnostic, ResourceType } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { duplicateKeyWarnings } from '../../project/duplicate-keys.js'
import { asText, isMapping, type Path, readYamlText } from '../../project/yaml-file.js'
import { type Problem, placeOf, problemText } from '../../value-checks.js'
import { type ConfigValues, keysBesideConfig } from '../configs/config-fields.js'
import type { Diagnostics } from '../files/diagnostics.js'
import { type PackageFile, packageFiles } from '../files/files.js'
import type { Tracker } from '../files/tracker.js'
import { problemsOfEntry } from './entry-checks.js'

const propertyKinds = [
  'models',
  'seeds',
  'snapshots',
  'analyses',
  'macros',
  'sources',
  'exposures',
  'groups',
  'unit_tests',
  'data_tests',
  'metrics',
  'semantic_models',
  'saved_queries',
  'functions',
] as const
export type PropertyKind = (typeof propertyKinds)[number]

/** What must be known of an entry before its file is read. */
export interface EntryFacts {
  readonly kind: PropertyKind
  readonly name: string
  readonly hasVersions: boolean
}

/** One entry of a properties file: `models: - name: x`. */
export interface Property extends EntryFacts {
  readonly values: Record<string, unknown>
  readonly package: DbtPackage
  /** `models/schema.yml`, from the package's root. */
  readonly file: string
  readonly at: SourceLocation
  /** Where a part of the entry stands. */
  readonly locate: (path: Path) => SourceLocation
}

const kindOfType: Readonly<Partial<Record<ResourceType, PropertyKind>>> = {
  model: 'models',
  seed: 'seeds',
  snapshot: 'snapshots',
  analysis: 'analyses',
  test: 'data_tests',
  function: 'functions',
}

/** Every entry of every properties file, found by what it describes. */
export class Properties {
  readonly #byName = new Map<string, Property>()
  readonly #byKind = new Map<PropertyKind, Property[]>()
  readonly #byFile = new Map<string, Property[]>()
  readonly #onRead: (key: string) => void

  /** @param onRead hears of every entry that is looked for: `entry:shop:models:orders` */
  constructor(onRead: (key: string) => void = () => {}) {
    this.#onRead = onRead
  }

  /** Two entries for one thing are an error: neither would win. */
  add(property: Property, diagnostics: Diagnostics, duplicate: (first: Property, second: Property) => Error): void {
    const key = `${property.package.name} ${property.kind} ${property.name}`
    const first = this.#byName.get(key)
    if (first && property.kind !== 'unit_tests' && property.kind !== 'sources') {
      diagnostics.attempt(() => {
        throw duplicate(first, property)
      })
      return
    }
    const fileKey = `${property.package.name}:${property.file}`
    const ofFile = this.#byFile.get(fileKey)
    if (ofFile) ofFile.push(property)
    else this.#byFile.set(fileKey, [property])
    this.#byName.set(key, property)
    const all = this.#byKind.get(property.kind) ?? []
    all.push(property)
    this.#byKind.set(property.kind, all)
  }

  ofKind(kind: PropertyKind): readonly Property[] {
    return this.#byKind.get(kind) ?? []
  }

  ofFile(own: DbtPackage, file: string): readonly Property[] {
    return this.#byFile.get(`${own.name}:${file}`) ?? []
  }

  find(type: ResourceType, name: string, own: DbtPackage): Property | undefined {
    const kind = kindOfType[type]
    if (kind) this.#onRead(entryKey(own, kind, name))
    return kind && this.#byName.get(`${own.name} ${kind} ${name}`)
  }
}

export const entryKey = (own: Pick<DbtPackage, 'name'>, kind: PropertyKind, name: string) =>
  `entry:${own.name}:${kind}:${name}`

/** The properties files of a package. */
export const propertyFiles = (dbtPackage: DbtPackage): PackageFile[] =>
  packageFiles(dbtPackage, ['model', 'seed', 'snapshot', 'analysis', 'macro', 'test', 'function'], /\.ya?ml$/)

/** The entries of one properties file. */
export function readProperties(
  { path, original: file }: PackageFile,
  dbtPackage: DbtPackage,
  tracker: Tracker,
  diagnostics: Diagnostics,
): Property[] {
  // dbt strips files, which a block of text in the last line shows.
  const document = readYamlText(tracker.text(dbtPackage, file, path).trimEnd(), file)
  const { value, mapping, locate, text } = document
  if (value !== null && value !== undefined && !isMapping(value))
    throw transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Contents of file '${file}' are not valid. Dictionary expected.`,
      at: { file, line: 1, column: 1 },
      hint: 'Begin it with a key such as "models:".',
    })
  for (const warning of duplicateKeyWarnings(document, text, file)) diagnostics.warn(warning)
  const tell = (kind: PropertyKind, message: string, place: Pick<Diagnostic, 'at' | 'hint'>) => {
    const code = 'TRANSFORM_YAML_INVALID'
    if (kind !== 'data_tests') diagnostics.error(transformErrors.create(code, { message, ...place }))
    // There it may be an anchor, written to be used in other places.
    else
      diagnostics.warn({
        code,
        message: `Unable to parse 'data_tests' section of file '${file}'\n${message}`,
        ...place,
      })
  }
  const invalid = (kind: PropertyKind, reason: string, path: Path, hint: string) => {
    const message = kind === 'data_tests' ? reason : `The schema file at ${file} is invalid because ${reason}`
    tell(kind, message, { at: locate(path), hint })
  }
  return propertyKinds.flatMap((kind) => {
    if (!(kind in mapping)) return []
    const entries = mapping[kind]
    if (!Array.isArray(entries)) {
      const hint = `Write "${kind}:" and below it entries that begin with "- name:".`
      invalid(kind, `the value of '${kind}' is not a list`, [kind], hint)
      return []
    }
    return entries.flatMap((values: unknown, i): Property[] => {
      if (!isMapping(values) || typeof values.name !== 'string') {
        const hint = 'Begin it with "- name: …".'
        if (!isMapping(values)) invalid(kind, `a list element for '${kind}' is not a dictionary`, [kind, i], hint)
        else if (values.name === undefined)
          invalid(
            kind,
            kind === 'data_tests'
              ? 'Entry did not contain a name'
              : `a list element for '${kind}' does not have a name attribute.`,
            [kind, i],
            hint,
          )
        else invalid(kind, `the name of a list element for '${kind}' is not a string.`, [kind, i, 'name'], hint)
        return []
      }
      const located = (rest: Path) => locate([kind, i, ...rest])
      const problems = problemsOfEntry(kind, values)
      for (const problem of problems)
        tell(kind, `Invalid ${kind} config given in ${file} @ ${kind}: '${values.name}' - ${problemText(problem)}`, {
          at: located(placeOf(problem)),
          hint: problem.hint,
        })
      if (problems.length > 0 && readAsWhole.has(kind)) return []
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

/** `config:` of an entry, together with the keys that dbt lets stand beside it. */
export function configOf(values: Record<string, unknown>): ConfigValues {
  const beside: ConfigValues = {}
  for (const key of keysBesideConfig) if (values[key] !== undefined && values[key] !== null) beside[key] = values[key]
  return isMapping(values.config) ? { ...beside, ...values.config } : beside
}
