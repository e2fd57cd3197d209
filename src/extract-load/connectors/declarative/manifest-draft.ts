import { dirname } from 'node:path'
import { isMapping, MillraceError, redactDeep } from '../../../base/index.js'
import type { JsonSchema } from '../../contract.js'
import type { Mapping } from '../../declarative/contract.js'
import { checkedManifest } from './add-manifest.js'
import { guardedSpec } from './added.js'
import { clearSecrets } from './clear-secrets.js'
import { manifestSummary } from './manifest-spec.js'
import { readOrigin } from './origin.js'

/** Something about a place of a manifest. */
export interface ManifestRemark {
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** Both from 1. */
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** What is known of a manifest while somebody edits it. */
export interface DraftedManifest {
  /** Without an error it can be saved. */
  readonly remarks: readonly ManifestRemark[]
  /** Those that are written in it, also where a condition may leave them out. */
  readonly streams: readonly string[]
  /** More streams are only known once the API was asked. */
  readonly hasDynamicStreams: boolean
  /** The settings that it takes, as far as they can be read. */
  readonly spec: JsonSchema
}

const nothing: JsonSchema = { type: 'object', properties: {} }

/** Checks a text that may become the manifest of a connector, as adding it would. None of its code is run. @param path of the manifest @param file how that is called */
export async function readManifestDraft(path: string, text: string, file: string): Promise<DraftedManifest> {
  const folder = dirname(path)
  const spec = guardedSpec(specOf(text, file), readOrigin(folder))
  try {
    const { root, warnings } = await checkedManifest(folder, file, text)
    const { streams, dynamic_streams: dynamic } = root
    return {
      remarks: redactDeep([...warnings.map((line) => warningOf(line, file)), ...secretsInClear(text)]),
      streams: namesIn(streams),
      hasDynamicStreams: listOf(dynamic).length > 0,
      spec,
    }
  } catch (error) {
    if (!(error instanceof MillraceError) || error.kind === 'bug') throw error
    return { remarks: redactDeep(remarksOf(error)), streams: [], hasDynamicStreams: false, spec }
  }
}

/** Each problem where it is; of an error that has none the whole. */
function remarksOf({ message, at, data }: MillraceError): ManifestRemark[] {
  const problems = Array.isArray(data?.problems) ? (data.problems as readonly Omit<ManifestRemark, 'severity'>[]) : []
  if (problems.length > 0)
    return problems
      .map(({ message, line, column }): ManifestRemark => ({ severity: 'error', message, line, column }))
      .sort((a, b) => (a.line ?? 0) - (b.line ?? 0))
  return [{ severity: 'error', message, line: at?.line, column: at?.column }]
}

const secretsInClear = (text: string): ManifestRemark[] =>
  clearSecrets(text).map(({ key, line, column }) => ({
    severity: 'warning',
    message: `\`${key}\` stands in clear: whoever reads the project reads it. Ask for it in the \`spec\`, and write {{ config['…'] }} here.`,
    line,
    column,
  }))

/** `manifest.yaml:12:5: what is wrong` */
function warningOf(text: string, file: string): ManifestRemark {
  const severity = 'warning'
  if (!text.startsWith(`${file}:`)) return { severity, message: text }
  const [, line, column, message = text] = /^:(\d+)(?::(\d+))?: ([\s\S]*)$/.exec(text.slice(file.length)) ?? []
  return {
    severity,
    message,
    ...(line === undefined ? {} : { line: Number(line) }),
    ...(column === undefined ? {} : { column: Number(column) }),
  }
}

function namesIn(streams: unknown): string[] {
  const all = listOf(streams).flatMap((one) => (one.type === 'ConditionalStreams' ? listOf(one.streams) : [one]))
  return [...new Set(all.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])))]
}

const listOf = (value: unknown): readonly Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : [])

function specOf(text: string, file: string): JsonSchema {
  try {
    return manifestSummary(text, file).spec
  } catch {
    return nothing
  }
}
