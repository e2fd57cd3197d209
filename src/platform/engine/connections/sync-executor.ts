import { errorFromJson, grouped, plural } from '../../../base/index.js'
import {
  type Connection,
  type ConnectionStream,
  clearConnection,
  connectionStreams,
  discoverConnection,
  type SettingsKeeper,
  type StreamResult,
  type SyncEvent,
  syncConnection,
} from '../../../extract-load/index.js'
import {
  type AssetKey,
  type ConnectionSpec,
  changesMetadata,
  type Metadata,
  type StepContext,
  type StepExecutor,
} from '../../../orchestrate/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import type { Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import { chosenParts } from '../../graph/partitions/chosen-parts.js'
import { partitionsReached } from '../../graph/partitions/stream-partitions.js'
import { partitionsOf } from '../../graph/partitions/written-partitions.js'
import { keepFoundStreams } from '../../project/found-streams.js'
import { relationFacts } from '../models/relation-facts.js'
import { changeTeller } from './tell-changes.js'

export interface SyncExecutorOptions {
  readonly project: Pick<Project, 'dir' | 'stateDir'>
  readonly warehouse: () => Promise<Warehouse>
  readonly settingsKeeper: SettingsKeeper
  /** The connection of a step, as the definitions have it now. */
  readonly connectionOf: (
    step: string,
  ) => { readonly connection: Connection; readonly spec: ConnectionSpec } | undefined
}

/** A sync is one step that materializes many streams; each is reported the moment it is committed. */
export class SyncExecutor implements StepExecutor {
  readonly kind = 'sync'
  readonly #options: SyncExecutorOptions

  constructor(options: SyncExecutorOptions) {
    this.#options = options
  }

  async execute(context: StepContext): Promise<void> {
    const { connection, assetOf, wanted, told, cutOf } = this.#work(context)
    /** Of a sync that was not asked for some. */
    const madeBy = ({ stream, reach }: StreamResult) => {
      const cut = cutOf(stream)
      return cut && reach && partitionsReached(cut, reach)
    }
    if (connection.followsStreams) await this.#lookForStreams(connection, context)
    const warehouse = await this.#options.warehouse()
    const reports = new Map<string, Promise<void>>()
    const tellChanges = changeTeller(context, assetOf)
    const committed = async (result: StreamResult, keys: readonly string[] | undefined = madeBy(result)) => {
      await told(result, streamMetadata(result), keys)
      await tellChanges(result)
    }
    // What a stream came to last is told last: its failure behind what it committed before.
    const inOrder = (stream: string, tell: () => void | Promise<void>) =>
      reports.set(stream, (reports.get(stream) ?? Promise.resolve()).then(tell))
    const result = await syncConnection({
      connection,
      projectDir: this.#options.project.dir,
      warehouse,
      streams: wanted,
      partitions: chosenOf(context, assetOf, wanted),
      runId: context.runId,
      requestedAt: context.requestedAt === undefined ? undefined : new Date(context.requestedAt),
      fullRefresh: context.fullRefresh,
      resumesFullRefresh: context.attempt > 1,
      signal: context.signal,
      settingsKeeper: this.#options.settingsKeeper,
      onEvent: (event) => {
        if (event.type === 'stream_committed') inOrder(event.stream, () => committed(event.result))
        if (event.type === 'partitions_committed') inOrder(event.stream, () => committed(event.result, event.keys))
        if (event.type === 'stream_failed' && reports.has(event.stream))
          inOrder(event.stream, () => forward(context, assetOf, event))
        else forward(context, assetOf, event)
      },
    })
    await Promise.all(reports.values())
    context.signal.throwIfAborted()
    const failed = result.streams.filter((stream) => stream.status !== 'succeeded')
    if (failed.some((stream) => stream.recordsCommitted > 0 || stream.keptProgress)) context.keptProgress()
    if (failed.length > 0) throw syncError(connection.name, failed)
  }

  /** Empties the tables of streams, which are loaded from the start by the next sync. */
  async clear(context: StepContext): Promise<void> {
    const { connection, wanted, told } = this.#work(context)
    const cleared = await clearConnection({
      connection,
      projectDir: this.#options.project.dir,
      warehouse: await this.#options.warehouse(),
      streams: wanted,
      signal: context.signal,
      settingsKeeper: this.#options.settingsKeeper,
      onEvent: (event) => forward(context, new Map(), event),
    })
    for (const result of cleared) {
      await told(result, { rows: 0, cleared: true, generation: result.generationId, note: 'cleared' })
      context.log('info', `${result.stream}: cleared; the next sync loads everything again`)
    }
    for (const stream of wanted)
      if (!cleared.some((result) => result.stream === stream))
        context.log('info', `${stream}: was never loaded, there is nothing to clear`)
  }

  /** The connection of a step, the streams that are wanted of it, and how what became of one is told. */
  #work(context: StepContext) {
    const found = this.#options.connectionOf(context.step.key)
    if (!found)
      throw platformErrors.create('CONNECTION_NOT_FOUND', {
        message: `The connection of the step ${context.step.key} is no longer in the project.`,
        hint: 'Its YAML file was removed or renamed after this run was planned. Start a new run.',
      })
    const { connection, spec } = found
    const assetOf = new Map(spec.streams.map((stream) => [stream.name, stream.asset]))
    const streams = new Map(connectionStreams(connection).map((stream) => [stream.name, stream]))
    const wanted = spec.streams.filter((stream) => context.assets.includes(stream.asset)).map((stream) => stream.name)
    const told = async (
      result: Pick<StreamResult, 'stream' | 'columns'>,
      metadata: Metadata,
      keys?: readonly string[],
    ) => {
      const asset = assetOf.get(result.stream)
      const stream = streams.get(result.stream)
      if (asset === undefined || !stream) return
      const relation = { schema: stream.schema, identifier: stream.table }
      const facts = stream.isInWarehouse
        ? await relationFacts(await this.#options.warehouse(), relation, { countRows: false })
        : fileFacts(stream, result)
      context.materialized(asset, { ...metadata, ...facts }, keys)
    }
    const cutOf = (stream: string) => {
      const partitions = streams.get(stream)?.partitions
      return partitions && partitionsOf(partitions)
    }
    return { connection, assetOf, wanted, told, cutOf }
  }

  /** What the source has besides belongs to the connection from now on, and to its next sync: this one was planned without it. */
  async #lookForStreams(connection: Connection, { signal, log }: StepContext): Promise<void> {
    const { project, settingsKeeper } = this.#options
    const found = await discoverConnection({ connection, projectDir: project.dir, settingsKeeper, signal })
    const names = found.map(({ name }) => name)
    const known = connection.streams.map(({ name }) => name)
    for (const name of names)
      if (!known.includes(name)) log('info', `${name}: the source has this stream now; the next sync loads it`)
    for (const name of known)
      if (!names.includes(name)) log('warn', `${name}: the source has lost this stream; its table stays as it is`)
    await keepFoundStreams(project, connection.name, names)
  }
}

/** Of which streams only some partitions are wanted. */
function chosenOf(context: StepContext, assetOf: ReadonlyMap<string, AssetKey>, streams: readonly string[]) {
  const chosen = streams.flatMap((stream) => {
    const { partitions } = context.partitionsOf(assetOf.get(stream) ?? '') ?? {}
    return partitions ? [[stream, chosenParts(partitions)] as const] : []
  })
  return new Map(chosen)
}

function forward(context: StepContext, assetOf: ReadonlyMap<string, AssetKey>, event: SyncEvent): void {
  switch (event.type) {
    case 'stream_started':
      context.log('info', `${event.stream}: started`)
      return
    case 'stream_progress':
      context.progress(assetOf.get(event.stream), event.fraction, `${event.stream}: ${grouped(event.recordsRead)} rows`)
      return
    case 'stream_rate_limited': {
      const message = `${event.stream}: waits for the rate limit of its source${event.until === undefined ? '' : `, until ${event.until}`}`
      context.log('info', message)
      context.progress(assetOf.get(event.stream), undefined, message)
      return
    }
    case 'stream_committed':
      context.log('info', committedMessage(event.result))
      return
    case 'partitions_committed':
      context.log('info', `${event.stream}: ${event.result.note}`)
      return
    case 'stream_failed': {
      const asset = assetOf.get(event.stream)
      const { error, status } = event.result
      if (asset !== undefined && error) context.failed(asset, error)
      else context.log('error', `${event.stream}: ${error?.message ?? status}`)
      return
    }
    case 'log':
      context.log(event.level, event.stream === undefined ? event.message : `${event.stream}: ${event.message}`)
  }
}

function committedMessage(result: StreamResult): string {
  const rows = plural(result.recordsCommitted, 'row', grouped(result.recordsCommitted))
  const seconds = (result.durationMs / 1000).toFixed(1)
  const what = result.recordsCommitted === 0 && result.note ? result.note : `${rows} committed in ${seconds} s`
  return `${result.stream}: ${what}`
}

function streamMetadata(result: StreamResult): Metadata {
  return {
    ...(result.tableRows === undefined ? {} : { rows: result.tableRows }),
    rows_committed: result.recordsCommitted,
    ...(result.recordsRejected > 0 ? { rows_rejected: result.recordsRejected } : {}),
    bytes_read: result.bytesRead,
    duration_ms: Math.round(result.durationMs),
    generation: result.generationId,
    // What is downstream stays fresh: nothing was written.
    ...(result.isUnchanged ? { unchanged: true } : {}),
    ...(result.schemaChanges.length > 0 ? { schema_changes: changesMetadata(result.schemaChanges) } : {}),
    ...(result.note === undefined ? {} : { note: result.note }),
  }
}

/** What is known of a stream that is no table. */
function fileFacts({ location }: ConnectionStream, { columns }: Pick<StreamResult, 'columns'>): Metadata {
  return {
    ...(location === undefined ? {} : { location }),
    ...(columns === undefined || columns.length === 0 ? {} : { columns: { type: 'columns' as const, columns } }),
  }
}

function syncError(connection: string, failed: readonly StreamResult[]) {
  const [first] = failed
  if (failed.length === 1 && first?.error) return errorFromJson(first.error)
  // Most often it is one thing that hits all of them.
  const streamsBy = new Map<string, string[]>()
  for (const { stream, error, status } of failed) {
    const reason = error?.message ?? status
    streamsBy.set(reason, [...(streamsBy.get(reason) ?? []), stream])
  }
  const reasons = [...streamsBy].map(([reason, streams]) => `${streams.join(', ')} (${reason})`)
  return platformErrors.create('STREAM_FAILED', {
    message: `${failed.length} streams of ${connection} failed: ${reasons.join('; ')}`,
    hint: first?.error?.hint,
    at: first?.error?.at,
    frame: first?.error?.frame,
  })
}
