import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { didYouMean } from '../../base/index.js'
import type { Diagnostic } from '../contract.js'
import { transformErrors } from '../errors.js'
import { type Problem, placeOf, problemText } from '../value-checks.js'
import { duplicateKeyWarnings } from './duplicate-keys.js'
import { problemsOfProject } from './project-checks.js'
import { type Env, settingsRenderer } from './render.js'
import { checkDbtVersion } from './version-range.js'
import { asList, asText, isMapping, isTemplateAt, mappings, readMappingFile, type SettingsFile } from './yaml-file.js'

/** One package: the root project, an installed one, or one that comes with Millrace. */
export interface DbtPackage {
  readonly name: string
  readonly dir: string
  readonly version: string
  readonly profile: string | undefined
  readonly paths: Readonly<Record<PathKind, readonly string[]>>
  readonly vars: Readonly<Record<string, unknown>>
  /** Those of vars.yml, which dbt_project.yml's own templates know too. */
  readonly varsOfFile: Readonly<Record<string, unknown>>
  /** `models:`, `seeds:` … as written. */
  readonly configs: Readonly<Record<string, unknown>>
  readonly hooks: Readonly<Record<'on-run-start' | 'on-run-end', readonly ProjectHook[]>>
  readonly dispatch: readonly { readonly namespace: string; readonly order: readonly string[] }[]
  readonly quoting: Readonly<Record<string, boolean>>
  /** `query-comment`; without one of its own dbt's is used, '' is none. Where it stands is the engine's affair when nothing is said. */
  readonly queryComment: { readonly comment: string | undefined; readonly isAppended?: boolean | undefined }
  readonly targetPath: string
  /** What `dbt clean` removes. */
  readonly cleanTargets: readonly string[]
  readonly packagesPath: string
  /** Folders that the documentation shows pictures from. */
  readonly assetPaths: readonly string[]
  /** `restrict-access`: protected and private models are for this package only. */
  readonly restrictsAccess: boolean
  /** `orders.sql.j2` is a file of SQL, too. */
  readonly takesJinjaExtensions: boolean
  readonly isBuiltin: boolean
  /** What is odd in its dbt_project.yml. */
  readonly warnings: readonly Omit<Diagnostic, 'severity'>[]
}

export interface ProjectHook {
  readonly sql: string
  /** Of the file that it stands in. */
  readonly line: number
}

export type PathKind = 'model' | 'seed' | 'snapshot' | 'test' | 'analysis' | 'macro' | 'docs' | 'function' | 'osi'

const defaultPaths: Readonly<Record<PathKind, readonly string[]>> = {
  model: ['models'],
  seed: ['seeds'],
  snapshot: ['snapshots'],
  test: ['tests'],
  analysis: ['analyses'],
  macro: ['macros'],
  docs: [],
  function: ['functions'],
  osi: ['osi'],
}
const configSections = [
  'models',
  'seeds',
  'snapshots',
  'tests',
  'data_tests',
  'sources',
  'exposures',
  'unit_tests',
  'analyses',
  'functions',
  'metrics',
  'semantic_models',
  'saved_queries',
]
/** dbt writes these two with a hyphen. */
const hyphenated: Readonly<Record<string, string>> = {
  semantic_models: 'semantic-models',
  saved_queries: 'saved-queries',
}

/** All that dbt_project.yml may say, in its one spelling: `model_paths` would be passed over in silence. */
const topKeys = new Set(
  `
name version config-version profile project-root require-dbt-version restrict-access dbt-cloud flags vars packages dispatch quoting
query-comment on-run-start on-run-end target-path log-path packages-install-path clean-targets
model-paths source-paths seed-paths data-paths snapshot-paths test-paths analysis-paths macro-paths docs-paths asset-paths
function-paths osi-paths
models seeds snapshots tests data_tests sources exposures unit_tests analyses functions metrics semantic-models saved-queries
`
    .trim()
    .split(/\s+/),
)

/** What the templates in dbt_project.yml can ask for. */
export interface ProjectSettings {
  readonly env?: Env | undefined
  readonly vars?: Readonly<Record<string, unknown>> | undefined
  /** An installed package: only the root project has a vars.yml. */
  readonly isPackage?: boolean | undefined
  /** `--no-version-check` */
  readonly ignoresDbtVersion?: boolean | undefined
  /** `allow_jinja_file_extensions` */
  readonly takesJinjaExtensions?: boolean | undefined
}

/** Who types a command one folder too high has the project below. */
function hintOfNoProject(dir: string): string {
  const below = existsSync(dir) ? readdirSync(dir).filter((name) => existsSync(join(dir, name, 'dbt_project.yml'))) : []
  const [first] = below
  if (first === undefined)
    return 'Change into the dbt project, or name its folder with --project-dir. `dbt init` makes a new one.'
  return `There is one in ${below.join(', ')}: change into that folder, or say --project-dir ${first}.`
}

/** @throws TRANSFORM_PROJECT_INVALID, YAML_SYNTAX */
export function readDbtProject(dir: string, settings: ProjectSettings = {}): DbtPackage {
  const path = join(dir, 'dbt_project.yml')
  if (!existsSync(path))
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: `No dbt_project.yml found at expected path ${path}`,
      hint: hintOfNoProject(dir),
    })
  const document = readMappingFile(path, path)
  const { mapping: written, locate, text } = document
  const varsOfFile = settings.isPackage ? {} : readVarsFile(dir)
  if (Object.keys(varsOfFile).length > 0 && isMapping(written.vars))
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: 'Variables cannot be defined in both vars.yml and dbt_project.yml.',
      at: locate(['vars']),
      hint: 'Move those of dbt_project.yml to vars.yml.',
    })
  const yaml = renderTop(document, path, { ...settings, vars: { ...varsOfFile, ...settings.vars } })
  // Another dbt may know other keys.
  if (!settings.ignoresDbtVersion)
    checkDbtVersion(asText(yaml.name), yaml['require-dbt-version'], locate(['require-dbt-version']))
  const unknown = Object.keys(written).find((key) => !topKeys.has(key))
  if (unknown !== undefined)
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: `at path []: Additional properties are not allowed ('${unknown}' was unexpected)`,
      at: locate([unknown]),
      hint: didYouMean(unknown, [...topKeys]) ?? 'Remove it.',
    })
  const name = yaml.name
  if (name === undefined || name === null)
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: "at path []: 'name' is a required property",
      at: { file: path, line: 1 },
      hint: 'Add, for example, `name: my_project`.',
    })
  if (typeof name !== 'string' || !/^[A-Za-z_]\w*$/.test(name))
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: '`name` must be letters, digits and underscores, and not start with a digit.',
      at: locate(['name']),
      hint: 'Write, for example, `name: my_project`.',
    })
  const [problem] = problemsOfProject(yaml).filter((one) => !isTemplateAt(written, one.path))
  if (problem) throw invalidValue(problem, locate)
  if (isFilled(yaml.tests) && isFilled(yaml.data_tests))
    throw transformErrors.create('TRANSFORM_PROJECT_INVALID', {
      message: "Invalid project config: cannot have both 'tests' and 'data_tests' defined.",
      at: locate(['tests']),
      hint: 'Put what stands below `tests` to `data_tests`.',
    })
  const targetPath = asText(yaml['target-path'], 'target')
  return {
    name,
    dir,
    version: asText(yaml.version),
    profile: typeof yaml.profile === 'string' ? yaml.profile : undefined,
    paths: readPaths(yaml),
    vars: isMapping(yaml.vars) ? yaml.vars : varsOfFile,
    varsOfFile,
    configs: Object.fromEntries(
      configSections.flatMap((key) => {
        const section = yaml[hyphenated[key] ?? key]
        return isMapping(section) ? [[key, section]] : []
      }),
    ),
    hooks: {
      'on-run-start': hooksOf(document, 'on-run-start'),
      'on-run-end': hooksOf(document, 'on-run-end'),
    },
    dispatch: mappings(yaml.dispatch).map((entry) => ({
      namespace: asText(entry.macro_namespace),
      order: asList(entry.search_order).map((one) => asText(one)),
    })),
    quoting: isMapping(yaml.quoting) ? (yaml.quoting as Record<string, boolean>) : {},
    queryComment: queryComment(yaml),
    targetPath,
    cleanTargets:
      yaml['clean-targets'] === undefined ? [targetPath] : asList(yaml['clean-targets']).map((one) => asText(one)),
    packagesPath: asText(yaml['packages-install-path'], 'dbt_packages'),
    assetPaths: asList(yaml['asset-paths']).map((one) => asText(one)),
    restrictsAccess: yaml['restrict-access'] === true,
    takesJinjaExtensions: settings.takesJinjaExtensions === true,
    isBuiltin: false,
    warnings: duplicateKeyWarnings(document, text, path),
  }
}

const invalidValue = (problem: Problem, locate: SettingsFile['locate']) =>
  transformErrors.create('TRANSFORM_PROJECT_INVALID', {
    message: problemText(problem),
    at: locate(placeOf(problem)),
    hint: problem.hint,
  })

const isFilled = (section: unknown) => isMapping(section) && Object.keys(section).length > 0

/** The `vars` of vars.yml, beside dbt_project.yml. */
function readVarsFile(dir: string): Record<string, unknown> {
  const path = join(dir, 'vars.yml')
  if (!existsSync(path)) return {}
  const { mapping, locate } = readMappingFile(path, 'vars.yml')
  const [problem] = problemsOfProject({ vars: mapping.vars })
  if (problem) throw invalidValue(problem, locate)
  return isMapping(mapping.vars) ? mapping.vars : {}
}

/** Configs are rendered node by node, hooks when they run, vars never. */
const keptAsWritten = new Set([
  ...configSections,
  ...Object.values(hyphenated),
  'vars',
  'on-run-start',
  'on-run-end',
  'query-comment',
])

function renderTop(document: SettingsFile, path: string, settings: ProjectSettings): Record<string, unknown> {
  const { mapping: yaml } = document
  if (settings.env === undefined) return yaml
  const render = settingsRenderer(settings.env, path, { vars: settings.vars })
  return Object.fromEntries(
    Object.entries(yaml).map(([key, value]) => [key, keptAsWritten.has(key) ? value : render(value, document)]),
  )
}

function queryComment(yaml: Record<string, unknown>): DbtPackage['queryComment'] {
  const given = yaml['query-comment']
  if (isMapping(given))
    return {
      comment: given.comment === undefined ? undefined : asText(given.comment),
      isAppended: typeof given.append === 'boolean' ? given.append : undefined,
    }
  return { comment: 'query-comment' in yaml ? asText(given) : undefined }
}

/** Hooks in their order, with the line that each begins in. */
function hooksOf({ mapping, locate, text }: SettingsFile, when: 'on-run-start' | 'on-run-end'): ProjectHook[] {
  const written = mapping[when]
  return asList(written).map((hook, i) => {
    const holder = Array.isArray(written) ? [when, i] : [when]
    const { line = 1, column = 1 } = locate(holder)
    // The text of a block begins below its sign.
    const isBlock = /^[|>]/.test(text.split('\n')[line - 1]?.slice(column - 1) ?? '')
    return { sql: asText(hook), line: isBlock ? line + 1 : line }
  })
}

function readPaths(yaml: Record<string, unknown>): DbtPackage['paths'] {
  const of = (kind: PathKind, ...keys: string[]) => {
    const key = keys.find((candidate) => yaml[candidate] !== undefined && yaml[candidate] !== null)
    return key === undefined ? defaultPaths[kind] : asList(yaml[key]).map((one) => asText(one))
  }
  return {
    model: of('model', 'model-paths', 'source-paths'),
    seed: of('seed', 'seed-paths', 'data-paths'),
    snapshot: of('snapshot', 'snapshot-paths'),
    test: of('test', 'test-paths'),
    analysis: of('analysis', 'analysis-paths'),
    macro: of('macro', 'macro-paths'),
    docs: of('docs', 'docs-paths'),
    function: of('function', 'function-paths'),
    osi: of('osi', 'osi-paths'),
  }
}
