import type { AnyAsset, Partition, RunContext } from '../authoring/define.js'
import type { Definition } from '../authoring/project.js'
import type { ResourceDefinition } from '../authoring/resource.js'
import type { FilePlaces, ListedFile } from '../authoring/sensor.js'
import type { CheckEvents, Metadata, RunPartition } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { plain } from '../values/plain.js'
import type { CheckHistoryQuestion, Report, RunFacts } from './messages.js'
import type { Place } from './own-folders.js'

export type ListFiles = (path: string, places: FilePlaces) => Promise<readonly ListedFile[]>

/** What the user's code is run with. */
export interface CodeSurroundings {
  readonly definitions: readonly Definition[]
  readonly project: Place
  readonly signal: AbortSignal
  readonly query: (sql: string) => Promise<unknown>
  /** The rows of a query, piece by piece. */
  readonly read: (sql: string) => AsyncIterable<readonly object[]>
  /** Lists files, here or elsewhere. */
  readonly files: ListFiles
  readonly print: (level: 'info' | 'warn', message: string) => void
  readonly tell: (report: Report) => void
  /** See `StepContext.history`. */
  readonly history: (check: CheckHistoryQuestion, most: number) => Promise<CheckEvents>
  /** Values that are given, and taken, instead of being kept somewhere. */
  readonly given?: GivenValues | undefined
}

export interface GivenValues {
  readonly resources: ReadonlyMap<ResourceDefinition<unknown>, unknown>
  readonly inputs: (asset: AnyAsset) => Promise<Readonly<Record<string, unknown>>>
  readonly made: (value: unknown) => void
  /** What the asset of a check answered that is asked by itself. */
  readonly checked?: { readonly value?: unknown } | undefined
}

export function contextOf(
  around: CodeSurroundings,
  { runId, tags, traceparent }: RunFacts,
  metadata: Record<string, Metadata[string]>,
): Omit<RunContext, 'pipes'> {
  const { project, signal, print, query } = around
  return {
    runId,
    tags,
    traceparent,
    projectDir: project.projectDir,
    signal,
    metadata: (values) => Object.assign(metadata, values),
    dataVersion: (version) => Object.assign(metadata, versionOf(version)),
    log: (message) => print('info', String(message)),
    query: <Row>(sql: string) => query(sql) as Promise<Row[]>,
  }
}

/** @throws USER_CODE_FAILED for what is no text: two values that only look alike would be one version */
export function versionOf(version: unknown): Metadata {
  if (typeof version === 'string' && version !== '') return { data_version: version }
  throw orchestrateErrors.create('USER_CODE_FAILED', {
    message: `The data version is ${JSON.stringify(plain(version)) ?? 'undefined'}.`,
    hint: 'It is a text that is the same where the data is: a checksum, the number of a snapshot.',
  })
}

/** As the user's code sees them. */
export const shownPartition = ({ key, dimensions = {}, window }: RunPartition): Partition => ({
  key,
  dimensions,
  window: window && { start: new Date(window.start), end: new Date(window.end) },
})
