import { createHash } from 'node:crypto'
import { formatLocation, isMapping, MillraceError, plural, readYaml, type YamlDocument } from '../../../base/index.js'
import { extractLoadErrors } from '../../errors.js'
import '../components/all.js'
import type { Mapping } from '../component-contract.js'
import { type CustomComponents, noCustomComponents } from '../custom/custom-components.js'
import type { Manifest } from '../source/declarative-source.js'
import { clearSecrets } from './clear-secrets.js'
import { declarativeSourceSchema } from './declarative-source-schema.js'
import { explainIssues } from './explain-issues.js'
import { brokenTemplates, uncheckableStreams } from './looked-ahead.js'
import { missingImplementations } from './missing-implementations.js'
import { newerVersion } from './newer-version.js'
import { Places } from './places.js'
import type { Problem } from './problem.js'
import { propagate } from './propagate.js'
import { resolveReferences } from './resolve-references.js'
import { templatePlaces } from './template-places.js'
import { undeclaredSettings } from './undeclared-settings.js'
import { unknownFields } from './unknown-fields.js'
import { writtenTemplates } from './written-templates.js'

export interface ReadManifestOptions {
  /** Where it was read, for errors. */
  readonly file: string
  /** What stands for its components of Python. */
  readonly custom?: CustomComponents | undefined
  /**
   * Tells now what only the streams that need it would meet: templates that are none, streams to check that are not there, settings that
   * the spec does not have; and secrets that stand in clear. To run, a manifest needs only the parts that are used.
   */
  readonly looksAhead?: boolean | undefined
}

/**
 * A manifest from its text: references followed, parameters and types handed down, and every component in it checked.
 * @throws MANIFEST_UNREADABLE for what is no YAML, MANIFEST_COMPONENT_UNSUPPORTED, MANIFEST_INVALID: all problems at once
 */
export function readManifest(
  text: string,
  { file, custom = noCustomComponents, looksAhead = false }: ReadManifestOptions,
): Manifest {
  const document = parsed(text, file)
  if (!isMapping(document.value))
    throw extractLoadErrors.create('MANIFEST_UNREADABLE', { message: `${file} holds no manifest.`, at: { file } })
  const places = new Places(document)
  const { value, problems } = resolveReferences(document.value, places)
  if (problems.length > 0) throw refused(problems, file, ({ path }) => document.locate(path as (string | number)[]))
  const typed = { type: 'DeclarativeSource', ...(value as Mapping) }
  places.made(typed, value as Mapping)
  const root = propagate(typed, { onCopy: (copy, of) => places.made(copy, of) })
  const checked = declarativeSourceSchema.safeParse(root)
  const templates = looksAhead ? writtenTemplates(root) : undefined
  const found = [
    ...(checked.success ? [] : explainIssues(checked.error.issues, root)),
    ...missingImplementations(root, custom),
    ...brokenTemplates(templates ?? []),
  ]
  if (found.length > 0) throw refused(found, file, ({ path }) => places.locate(root, path))
  const { connection_specification: given, documentation_url: documentationUrl }: Mapping = isMapping(root.spec)
    ? root.spec
    : {}
  const spec = isMapping(given) ? given : anyConfig
  // One definition stands wherever it is referred to.
  const placed = (remarks: readonly Problem[]) =>
    new Set(remarks.map(({ path, message }) => `${formatLocation(places.locate(root, path))}: ${message}`))
  const settingsNotDeclared = () => undeclaredSettings(templates ?? writtenTemplates(root), spec, root)
  return {
    version: String(root.version),
    root,
    spec,
    documentationUrl: typeof documentationUrl === 'string' ? documentationUrl : undefined,
    warnings: [
      ...newerVersion(String(root.version)),
      ...document.duplicateKeys.map(
        ({ key, at, firstLine }) =>
          `${formatLocation(at)}: \`${key}\` stands here for the second time, after line ${firstLine}. The second one counts.`,
      ),
      ...unknownFields(root, places),
      ...placed([
        ...(looksAhead ? uncheckableStreams(root) : []),
        ...(looksAhead ? [...settingsNotDeclared(), ...clearSecrets(root)] : []),
      ]),
    ],
    file,
    hash: createHash('sha256').update(text).digest('hex'),
    undeclaredSettings: () => [...placed(settingsNotDeclared())],
    locateTemplate: templatePlaces(root, places),
    custom,
  }
}

const anyConfig = { type: 'object', additionalProperties: true } as const

function parsed(text: string, file: string): YamlDocument {
  try {
    return readYaml(text, file, { version: '1.1' })
  } catch (error) {
    // What the library says of aliases that stand for each other without an end.
    if (error instanceof ReferenceError || error instanceof RangeError)
      throw extractLoadErrors.create('MANIFEST_UNREADABLE', {
        message: `${file} cannot be read: ${error.message}.`,
        hint: 'Write what the aliases stand for.',
        at: { file },
        cause: error,
      })
    if (!(error instanceof MillraceError) || error.code !== 'YAML_SYNTAX') throw error
    // Without the lines around it: whoever sees that a sync failed may not see what a manifest holds.
    const { message, hint, at } = error
    throw extractLoadErrors.create('MANIFEST_UNREADABLE', { message, hint, at, cause: error })
  }
}

const mostShown = 50

/** One error for all problems; a component that is not there is what has to be done something about first. */
function refused(
  problems: readonly Problem[],
  file: string,
  locate: (problem: Problem) => ReturnType<YamlDocument['locate']>,
): MillraceError {
  const lines = new Map<string, { readonly problem: Problem; readonly at: ReturnType<YamlDocument['locate']> }>()
  for (const problem of problems) {
    const at = locate(problem)
    // One definition stands wherever it is referred to.
    const line = `${formatLocation(at)}: ${problem.message}`
    if (!lines.has(line)) lines.set(line, { problem, at })
  }
  const unsupported = [...new Set(problems.flatMap((problem) => problem.unsupported ?? []))]
  const shown = [...lines.keys()].slice(0, mostShown)
  const rest = lines.size - shown.length
  const what = `${file} cannot be used: ${plural(lines.size, 'problem')}.`
  const list = [...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].map((line) => `\n  ${line}`).join('')
  const [first] = lines.values()
  const details = {
    message: `${what}${list}`,
    at: first?.at,
    data: {
      problems: [...lines.values()].map(({ problem: { message }, at }) => ({ ...at, message })),
      unsupported,
    },
  }
  if (unsupported.length === 0)
    return extractLoadErrors.create('MANIFEST_INVALID', { ...details, hint: 'Correct what is told of each place.' })
  return extractLoadErrors.create('MANIFEST_COMPONENT_UNSUPPORTED', { ...details, hint: unsupportedHint(problems) })
}

/** A name that is only misspelled has nothing to stand for it. */
function unsupportedHint(problems: readonly Problem[]): string {
  const python = new Set(problems.flatMap(({ unsupported, isPython }) => (isPython ? (unsupported ?? []) : [])))
  if (python.size === 0) return 'Correct the names of the components, or do without them.'
  return `Give what stands for ${[...python].join(', ')} in a module \`components.ts\` beside the manifest, or use a version of it without them.`
}
