import { redactDeep } from '../../base/index.js'
import {
  type CheckResult,
  type ConnectionDraft,
  type ConnectionFile,
  checkConnection,
  connectionStreams,
  destinationSpec,
  discoverConnection,
  extractLoadErrors,
  hasOwnCursor,
  proposeStream,
  readDraft,
  refuseTaken,
  type SettingsKeeper,
  type SourceSpec,
  sourceSpec,
  writeConnectionFile,
} from '../../extract-load/index.js'
import { type Definitions, nextTicks } from '../../orchestrate/index.js'
import type { OfferedStream, Project } from '../contract.js'
import { streamKey } from '../graph/stream-assets.js'

export interface DraftOptions {
  readonly project: Project
  readonly env: Readonly<Record<string, string | undefined>>
  readonly settingsKeeper: SettingsKeeper
  readonly definitions: () => Promise<Definitions>
}

interface Stoppable {
  readonly signal?: AbortSignal | undefined
}

/** Connections that are being made: they are checked and looked into before there is a file of them. */
export class Drafts {
  readonly #options: DraftOptions
  /** An Airbyte connector is started to be asked for its settings: once is enough. */
  readonly #asked = new Map<string, SourceSpec>()

  constructor(options: DraftOptions) {
    this.#options = options
  }

  spec(source: ConnectionDraft['source'], options: Stoppable = {}): Promise<SourceSpec> {
    return this.#ask('source', source, options)
  }

  async #ask(
    end: 'source' | 'destination',
    { connector, config }: ConnectionDraft['source'],
    { signal }: Stoppable,
  ): Promise<SourceSpec> {
    const { image, command, container_engine: engine } = config
    const key = JSON.stringify([end, connector, image, command, engine])
    const known = this.#asked.get(key)
    if (known) return known
    const ask = end === 'source' ? sourceSpec : destinationSpec
    const spec = await ask({ connector, config }, { dir: this.#options.project.dir, env: this.#options.env, signal })
    this.#asked.set(key, spec)
    return spec
  }

  async check(draft: ConnectionDraft, { signal }: Stoppable = {}): Promise<CheckResult> {
    const { error, ...result } = await checkConnection(await this.#sourceOf(draft, signal))
    if (!error) return redactDeep(result)
    // It would name a line of a file that is not there.
    const { at: _, frame: __, ...said } = error
    return redactDeep({ ...result, error: said })
  }

  async discover(draft: ConnectionDraft, { signal }: Stoppable = {}): Promise<readonly OfferedStream[]> {
    const streams = await discoverConnection(await this.#sourceOf(draft, signal))
    return streams.map((stream) => ({
      ...stream,
      hasOwnCursor: hasOwnCursor(stream),
      proposed: proposeStream(stream),
    }))
  }

  /** The file that the draft becomes; it is written unless only asked for. */
  async create(
    draft: ConnectionDraft,
    { isDryRun, signal }: Stoppable & { isDryRun: boolean },
  ): Promise<ConnectionFile> {
    const { connection, ...file } = await this.#read(draft, { mayLackStreams: false, signal })
    if (draft.schedule) nextTicks(draft.schedule.cron, draft.schedule.timezone, new Date(), 1)
    const { assets } = await this.#options.definitions()
    for (const stream of connectionStreams(connection)) {
      const { schema, table } = stream
      const other = assets.find((asset) => asset.key === streamKey(connection, stream) && asset.isExecutable)
      if (other)
        throw extractLoadErrors.create('CONNECTION_EXISTS', {
          message: `The table ${schema}.${table} is made by ${other.source?.file ?? other.key} already.`,
          hint: `Nothing was written. Choose another schema, or a prefix such as \`${draft.name}_\`.`,
        })
    }
    if (!isDryRun) await writeConnectionFile({ projectDir: this.#options.project.dir, ...file })
    return file
  }

  async #sourceOf(draft: ConnectionDraft, signal: AbortSignal | undefined) {
    const { project, settingsKeeper } = this.#options
    const { connection } = await this.#read(draft, { mayLackStreams: true, signal })
    return { connection, projectDir: project.dir, settingsKeeper, signal }
  }

  /** A name that is taken is refused from the first: what a connector keeps of its settings is kept by name. */
  async #read(draft: ConnectionDraft, { mayLackStreams, signal }: Stoppable & { mayLackStreams: boolean }) {
    const { project, env } = this.#options
    const place = { projectDir: project.dir, folder: project.extractLoadDir, env }
    await refuseTaken(draft.name, place)
    const { spec } = await this.spec(draft.source, { signal })
    const { connector = 'warehouse', config = {} } = draft.destination
    const { spec: ofDestination } = await this.#ask('destination', { connector, config }, { signal })
    return readDraft(draft, { ...place, spec, destinationSpec: ofDestination }, { mayLackStreams })
  }
}
