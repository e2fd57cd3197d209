import type { Definition, ProjectDefinition } from '../authoring/project.js'
import type { SensorDefinition } from '../authoring/sensor.js'
import type { MaybeOpen } from '../authoring/tables.js'
import type { EndedRun, Materialization, SensorNews, SensorResult } from '../contract/index.js'
import { answerNews, newsWords } from '../sensors/answer-news.js'
import { describeDefinitions } from '../workers/describe-definitions.js'
import { foreignAsset } from './foreign-asset.js'
import { wrong } from './surroundings.js'

/** An asset that a test says was made. */
export interface TestMaterialization extends Partial<Omit<Materialization, 'asset' | 'at'>> {
  /** Its key, or the asset. */
  readonly asset: string | { readonly key: string } | MaybeOpen
  readonly at?: Date | string
}

/** A run that a test says has ended. */
export type TestRun = Partial<Omit<EndedRun, 'status' | 'error'>> & {
  readonly status: EndedRun['status']
  readonly error?: { readonly message: string; readonly code?: string }
}

/** What a sensor is told, and what its target is. */
export interface SensorNewsOptions {
  /** What one of onMaterialized() is told. */
  readonly materializations?: readonly TestMaterialization[]
  /** What one of onRunStatus() is told. */
  readonly run?: TestRun
  /** For one without code that hands partitions on: its assets say which there are. */
  readonly project?: ProjectDefinition | readonly Definition[]
  /** Which partitions of time there are. */
  readonly now?: Date
  readonly dynamicPartitions?: Readonly<Record<string, readonly string[]>>
}

export function newsOf(
  { name, monitored }: SensorDefinition,
  { materializations, run }: SensorNewsOptions,
): SensorNews {
  if (monitored?.type === 'run') {
    if (run) return { type: 'run', run: endedRun(run) }
    throw wrong(`The sensor ${name} is told of runs.`, "Give the test one: run: { status: 'failed' }.")
  }
  if (materializations) return { type: 'materializations', materializations: materializations.map(materializationOf) }
  throw wrong(
    `The sensor ${name} is told of assets that were made.`,
    "Give the test some: materializations: [{ asset: 'raw/orders' }].",
  )
}

function materializationOf({ asset, at = new Date(), ...rest }: TestMaterialization, i: number): Materialization {
  const key = typeof asset === 'string' ? asset : asset?.key
  if (key === undefined) throw wrong('A materialization is of no asset.', 'Name it by its key.')
  const metadata = rest.metadata ?? {}
  return {
    id: i + 1,
    runId: 'test',
    hasChanged: metadata.unchanged !== true,
    ...rest,
    metadata,
    asset: key,
    at: new Date(at).toISOString(),
  }
}

function endedRun({ error, ...run }: TestRun): EndedRun {
  const now = new Date().toISOString()
  return {
    id: 'test',
    selection: '*',
    tags: {},
    trigger: { type: 'manual' },
    createdAt: now,
    endedAt: now,
    ...run,
    ...(error ? { error: { code: 'TEST', kind: 'user', retryable: false, ...error } } : {}),
  }
}

/** What one without code asks for. */
export function answerWithoutCode(
  { name, target }: SensorDefinition,
  { project, now = new Date(), dynamicPartitions = {} }: SensorNewsOptions,
  news: SensorNews,
): SensorResult {
  const told = news.type === 'materializations' ? news.materializations : []
  if (!project) {
    if (told.some(({ partitions }) => partitions !== undefined))
      throw wrong(`The sensor ${name} may hand partitions on to its target.`, 'Give the test the `project` of both.')
    const isNew = news.type === 'run' || told.some(({ hasChanged }) => hasChanged)
    return { runs: isNew ? [{}] : [], skip: newsWords(news) }
  }
  const described = describeDefinitions('definitions' in project ? project.definitions : project)
  const own = new Set(described.assets.map(({ key }) => key))
  // Streams and models are there, whoever makes them.
  const read = [...told.map(({ asset }) => asset), ...described.assets.flatMap(({ deps }) => deps)]
  const foreign = [...new Set(read)].filter((key) => !own.has(key)).map(foreignAsset)
  const definitions = { ...described, assets: [...described.assets, ...foreign], problems: [] }
  return answerNews(definitions, { target }, news, { now, dynamicKeys: new Map(Object.entries(dynamicPartitions)) })
}
