import { setImmediate } from 'node:timers/promises'
import { isMapping, type MillraceError, toMillraceError } from '../../../../base/index.js'
import type { JsonSchema } from '../../../contract.js'
import type { Mapping } from '../../../declarative/component-contract.js'
import { checkedManifest } from '../added-connectors/add-manifest.js'
import { customFiles } from '../added-connectors/custom-files.js'
import { manifestHash } from '../added-connectors/origin.js'
import { manifestSummary } from '../manifest/manifest-spec.js'

/** Something about a place of a manifest. */
export interface ManifestRemark {
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** Both from 1. */
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** What was found of a text that is the manifest of a connector, or may become it. */
export interface CheckedText {
  /** Without an error it can be saved. */
  readonly remarks: readonly ManifestRemark[]
  /** Those that are written in it, also where a condition may leave them out. */
  readonly streams: readonly string[]
  /** More streams are only known once the API was asked. */
  readonly hasDynamicStreams: boolean
  /** The settings that it takes, as far as they can be read. */
  readonly spec: JsonSchema
  /** Why it cannot be used. */
  readonly error?: MillraceError | undefined
}

interface TextPlace {
  /** Of the connector. */
  readonly folder: string
  /** How its manifest is called. */
  readonly file: string
  readonly text: string
}

/** The newest last: large texts take half a second, and pages ask for the same ones again. */
const known = new Map<string, CheckedText>()
const mostKnown = 100

/** Reads it whole, as adding it would, unless that was done of the same text before. None of its code is run. */
export async function checkText({ folder, file, text }: TextPlace, signal?: AbortSignal): Promise<CheckedText> {
  const beside = (await customFiles(folder)).map(({ path, text }) => [path, text])
  const key = manifestHash(JSON.stringify([folder, file, beside, text]))
  const last = known.get(key)
  known.delete(key)
  // Others have their turn before, and whoever typed on meanwhile asks for another one.
  if (!last) await setImmediate(undefined, { signal })
  const found = last ?? (await readWhole({ folder, file, text }))
  known.set(key, found)
  for (const [oldest] of known) if (known.size > mostKnown) known.delete(oldest)
  return found
}

async function readWhole({ folder, file, text }: TextPlace): Promise<CheckedText> {
  try {
    const { root, warnings, spec } = await checkedManifest(folder, file, text)
    const { streams, dynamic_streams: dynamic } = root
    return {
      remarks: warnings.map((line) => warningOf(line, file)),
      streams: namesIn(streams),
      hasDynamicStreams: listOf(dynamic).length > 0,
      spec,
    }
  } catch (thrown) {
    const error = toMillraceError(thrown)
    return {
      remarks: remarksOf(error),
      streams: [],
      hasDynamicStreams: false,
      spec: specOf(text, file),
      error,
    }
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

/** Of a text that cannot be used, so that its form does not come and go while somebody types. */
function specOf(text: string, file: string): JsonSchema {
  try {
    return manifestSummary(text, file).spec
  } catch {
    return { type: 'object', properties: {} }
  }
}
