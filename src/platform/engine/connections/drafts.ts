import {
  type CheckResult,
  type ConnectionDraft,
  type ConnectionFile,
  changedSettings,
  checkConnection,
  checkDestination,
  checkFields,
  type DiscoveredStream,
  destinationSpec,
  discoverConnection,
  extractLoadErrors,
  givesSecrets,
  type ManifestPreview,
  placeOfConnection,
  previewConnectionStreams,
  readDraft,
  referencedEnd,
  refuseTaken,
  type SettingsKeeper,
  type SourceSpec,
  sourceSpec,
  writeConnectionFile,
} from '../../../extract-load/index.js'
import { type ConnectionEndStore, type Definitions, nextTicks } from '../../../orchestrate/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import type { Engine, OfferedStreams, Project } from '../../contract.js'
import { keepFoundStreams } from '../../project/found-streams.js'
import { placeOfEnd, type StoredSecrets } from '../../secrets/stored-secrets.js'
import { offeredStreams, refuseMadeTables, withoutPlace } from './draft-answers.js'
import { previewLimits } from './preview-limits.js'

export interface DraftOptions {
  readonly project: Project
  readonly secrets: StoredSecrets
  readonly settingsKeeper: SettingsKeeper
  readonly warehouse: () => Promise<Warehouse>
  readonly definitions: () => Promise<Definitions>
  readonly openStore: () => Promise<ConnectionEndStore>
}

interface Stoppable {
  readonly signal?: AbortSignal | undefined
}

/** Connections that are being made: they are checked and looked into before there is a file of them. */
export class Drafts {
  readonly #options: DraftOptions
  /** An Airbyte connector is started to be asked for its settings: once is enough. */
  readonly #asked = new Map<string, SourceSpec>()
  /** What the last sources had: what is said of their streams is held against it. */
  readonly #found = new Map<string, readonly DiscoveredStream[]>()

  constructor(options: DraftOptions) {
    this.#options = options
  }

  spec(source: ConnectionDraft['source'], options: Stoppable = {}): Promise<SourceSpec> {
    return this.ask('source', source, options)
  }

  /** The settings of one end; a program is asked once. */
  async ask(
    end: 'source' | 'destination',
    { connector, config }: ConnectionDraft['source'],
    { signal }: Stoppable = {},
  ): Promise<SourceSpec> {
    const { image, command, container_engine: engine } = config
    const key = JSON.stringify([end, connector, image, command, engine])
    const known = this.#asked.get(key)
    if (known) return known
    const ask = end === 'source' ? sourceSpec : destinationSpec
    const { project, secrets } = this.#options
    const { env } = await secrets.namedIn([image, command, config.manifest])
    const place = { dir: project.dir, folder: project.extractLoadDir, env, signal }
    const spec = await ask({ connector, config }, place)
    // What lies in a file of the project may be another thing by now.
    if (image !== undefined || command !== undefined) this.#asked.set(key, spec)
    return spec
  }

  /**
   * A source or a destination by itself, found right, with names in the place of its secrets, which are kept with it or not at all.
   * @throws SECRET_TAKEN, CONNECTION_CHANGED_MEANWHILE, CONNECTION_INVALID and whatever else reading a connection throws
   */
  async keepEnd(
    { end, change, by }: Parameters<Engine['keepEnd']>[0],
    { signal }: Stoppable = {},
  ): ReturnType<Engine['keepEnd']> {
    const { project, secrets: kept, openStore } = this.#options
    const { kind, connector } = end
    const settings = change?.settings ?? { config: end.config, isPartial: false }
    const asked = settings.isPartial ? { ...change?.before.config, ...settings.config } : settings.config
    const { spec } = await this.ask(kind, { connector, config: asked }, { signal })
    const config = changedSettings(spec, settings, change?.before.config, [kind, 'config'])
    const isSource = kind === 'source'
    const name = `${/^[A-Za-z]/.test(end.name) ? '' : 'a_'}${end.name.replace(/[^A-Za-z0-9_-]+/g, '_')}`
    const { schema = isSource || connector === 'warehouse' ? 'raw' : undefined } = end
    const known = await kept.forNaming()
    const {
      config: named,
      secrets,
      variables,
    } = referencedEnd(name, spec, config, {
      ...known,
      before: change?.before.config,
      owners: [placeOfEnd(end), ...(change?.connections ?? []).map(placeOfConnection)],
    })
    const draft: ConnectionDraft = {
      name,
      source: isSource ? { connector, config: named } : { connector: 'faker', config: {} },
      destination: isSource ? { schema } : { connector, config: named, schema },
      streams: [],
    }
    const specs = isSource ? { spec } : { spec: {}, destinationSpec: spec }
    const place = { projectDir: project.dir, folder: project.extractLoadDir, ...variables, ...specs }
    readDraft(draft, place, { mayLackStreams: true })
    await kept.keepFor(secrets, { known, by }, async () => {
      const store = await openStore()
      if (!change) return store.addConnectionEnd({ ...end, config: named })
      if (await store.changeConnectionEnd(change.before, { ...end, config: named })) return
      throw extractLoadErrors.create('CONNECTION_CHANGED_MEANWHILE', {
        message: `Somebody else changed the ${kind} \`${change.before.name}\` at the same moment.`,
        hint: 'Nothing was written. Ask for it again, and look.',
      })
    })
    return { newSecrets: [...secrets.keys()] }
  }

  /** Both ends, as far as they can be told without the warehouse. */
  async check(draft: ConnectionDraft, { signal }: Stoppable = {}): Promise<CheckResult> {
    return withoutPlace(await checkConnection(await this.#endsOf(draft, signal)))
  }

  /** Only where it loads, the warehouse too. */
  async checkDestination(draft: ConnectionDraft, { signal }: Stoppable = {}): Promise<CheckResult> {
    const { warehouse } = this.#options
    return withoutPlace(await checkDestination({ ...(await this.#endsOf(draft, signal)), warehouse }))
  }

  async discover(draft: ConnectionDraft, { signal }: Stoppable = {}): Promise<OfferedStreams> {
    const ends = await this.#endsOf(draft, signal)
    const streams = await discoverConnection(ends)
    this.#remember(sourceKey(draft), streams)
    return offeredStreams(ends.connection, streams)
  }

  async previewStream(
    { draft, stream }: { readonly draft: ConnectionDraft; readonly stream: string },
    { signal }: Stoppable = {},
  ): Promise<ManifestPreview> {
    return previewConnectionStreams(await this.#endsOf(draft, signal), { streams: [stream], limits: previewLimits })
  }

  /** The file that the draft becomes. Nothing is written, and nothing kept. */
  async preview(draft: ConnectionDraft, options: Stoppable = {}): Promise<ConnectionFile> {
    return (await this.#readWhole(draft, options)).file
  }

  /** Writes it, and keeps the secrets that it names. */
  async create(
    { by, ...draft }: Parameters<Engine['createConnection']>[0],
    options: Stoppable = {},
  ): Promise<ConnectionFile> {
    const { project, secrets: kept } = this.#options
    const { file, connection, found, secrets, known } = await this.#readWhole(draft, options)
    await kept.keepFor(secrets, { known, by }, () => writeConnectionFile({ projectDir: project.dir, ...file }))
    // It was asked just now: nobody has to ask again before the first sync.
    if (connection.followsStreams && found) await keepFoundStreams(project, connection.name, namesOf(found))
    // Who made it looks at it next.
    await this.#options.definitions()
    return file
  }

  async #readWhole(draft: ConnectionDraft, { signal }: Stoppable) {
    const { connection, secrets, known, ...file } = await this.#read(draft, { mayLackStreams: false, signal })
    const found = this.#foundOf(draft)
    if (found) checkFields(connection, found)
    if (draft.schedule) nextTicks(draft.schedule.cron, draft.schedule.timezone, new Date(), 1)
    refuseMadeTables(connection, await this.#options.definitions())
    return { file, connection, found, secrets, known }
  }

  async #endsOf(draft: ConnectionDraft, signal: AbortSignal | undefined) {
    const { project, settingsKeeper } = this.#options
    const { connection } = await this.#read(draft, { mayLackStreams: true, signal })
    return { connection, projectDir: project.dir, settingsKeeper, signal }
  }

  #foundOf(draft: ConnectionDraft): readonly DiscoveredStream[] | undefined {
    return this.#found.get(sourceKey(draft))
  }

  #remember(source: string, streams: readonly DiscoveredStream[]): void {
    this.#found.delete(source)
    this.#found.set(source, streams)
    for (const oldest of [...this.#found.keys()].slice(0, -rememberedSources)) this.#found.delete(oldest)
  }

  /** A name that is taken is refused from the first: what a connector keeps of its settings is kept by name. */
  async #read(draft: ConnectionDraft, { mayLackStreams, signal }: Stoppable & { mayLackStreams: boolean }) {
    const { project, secrets } = this.#options
    const place = { projectDir: project.dir, folder: project.extractLoadDir }
    const named = await secrets.namedIn([draft], 'and in files')
    await refuseTaken(draft.name, { ...place, ...named })
    const { spec } = await this.spec(draft.source, { signal })
    const { connector = 'warehouse', config = {} } = draft.destination
    const { spec: destinationSpec } = await this.ask('destination', { connector, config }, { signal })
    const specs = { spec, destinationSpec }
    // What they are to be called depends on what there is.
    const known = givesSecrets(draft, specs) ? await secrets.forNaming() : named
    const foundStreams = namesOf(this.#foundOf(draft) ?? [])
    return { ...readDraft(draft, { ...place, ...specs, ...known, foundStreams }, { mayLackStreams }), known }
  }
}

/** As many people make a connection at once. */
const rememberedSources = 5

const sourceKey = ({ source }: ConnectionDraft) => JSON.stringify([source.connector, source.config])

const namesOf = (streams: readonly DiscoveredStream[]) => streams.map(({ name }) => name)
