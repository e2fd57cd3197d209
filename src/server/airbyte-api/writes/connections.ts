import type { ConnectionCreate, ConnectionWishes, StreamWish } from '../contract/requests.js'
import { inactiveWithoutSchedule, missing, unprocessable } from '../errors.js'
import { uuidOf } from '../paging.js'
import type { ShownConnection, ShownDestination, ShownSource } from '../views/catalog.js'
import type { Workspace } from '../workspace.js'
import {
  type ConfiguredStream,
  type ConnectionDraft,
  configuredStreams,
  wishedBehaviour,
  wishedSchedule,
  wishedSchema,
} from './connection-requests.js'

interface Asked {
  /** Who asks: secrets are kept in their name. */
  readonly by: string
  readonly signal?: AbortSignal | undefined
}

/** Connections as clients make them: each becomes a file of the project, which people can read and change as any other. */
export class ConnectionWrites {
  readonly #workspace: Workspace

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** @throws SERVER_NOT_FOUND, AIRBYTE_UNPROCESSABLE, CONNECTION_EXISTS, CONNECTION_INVALID */
  async create(
    { sourceId, destinationId, ...wishes }: ConnectionCreate,
    { by, signal }: Asked,
  ): Promise<ShownConnection & { readonly newSecrets: readonly string[] }> {
    const { engine, store } = this.#workspace.services
    const catalog = await this.#workspace.catalog()
    const source = catalog.source(uuidOf('sourceId', sourceId))
    if (!source) throw missing('source', sourceId)
    const destination = catalog.destination(uuidOf('destinationId', destinationId))
    if (!destination) throw missing('destination', destinationId)
    const name = wishes.name ?? nameAfter(source)
    const schedule = wishedSchedule(wishes) ?? undefined
    refuseInactive(wishes, name, schedule)
    const schema = wishedSchema(wishes, destination.schema) ?? destination.schema
    const ends = {
      name,
      source: { connector: source.connector, config: wholeConfig(source) },
      destination: {
        connector: destination.connector,
        config: wholeConfig(destination),
        ...(schema === undefined ? {} : { schema }),
        ...(wishes.prefix ? { prefix: wishes.prefix } : {}),
      },
    }
    const { streams } = await engine.discoverDraft({ ...ends, streams: [] }, { signal })
    const offered = streams.map((stream) => stream.name)
    const wanted = wishes.configurations?.streams ?? []
    const draft: ConnectionDraft = {
      ...ends,
      streams: wanted.length > 0 ? configuredStreams(wanted, offered) : offered.map(wholeStream),
      schemaChanges: wishedBehaviour(wishes),
      schedule,
    }
    // Before there is a file: what somebody deleted meanwhile is noticed while nothing was written.
    await engine.previewConnection(draft, { signal })
    await store.joinConnectionEnds({ connection: name, sourceId: source.end?.id, destinationId: destination.end?.id })
    const { newSecrets } = await engine.createConnection({ ...draft, by }, { signal }).catch(async (error: unknown) => {
      await store.partConnectionEnds(name)
      throw error
    })
    const made = (await this.#workspace.catalog()).connections.find(({ spec }) => spec.name === name)
    if (!made) throw missing('connection', name)
    if (wishes.status === 'inactive') await this.#workspace.setActive(made, false)
    return { ...made, newSecrets }
  }

  /** What is not said stays. Answers the names of secrets that came with it. @throws AIRBYTE_UNPROCESSABLE, AIRBYTE_NOT_OFFERED, CONNECTION_INVALID */
  async change(
    connection: ShownConnection,
    wishes: ConnectionWishes,
    { by, signal }: Asked,
  ): Promise<readonly string[]> {
    const { spec, destination, id } = connection
    const { engine } = this.#workspace.services
    if (wishes.name !== undefined && wishes.name !== spec.name)
      throw unprocessable(
        `A connection cannot be renamed here: ${spec.file} is called so, and its states are kept under that name.`,
        'Make another one, and delete this one.',
      )
    const wanted = wishes.configurations?.streams
    const change = {
      streams: wanted && configuredStreams(wanted, await this.#offered(connection, wanted, signal), connection.streams),
      schedule: wishedSchedule(wishes),
      schema: wishedSchema(wishes, destination.end?.schema ?? destination.schema),
      prefix: wishes.prefix,
      schemaChanges: wishedBehaviour(wishes),
    }
    refuseInactive(wishes, spec.name, change.schedule === undefined ? spec.schedule : change.schedule)
    const isChanged = Object.values(change).some((value) => value !== undefined)
    const file = isChanged ? await engine.changeConnection({ name: spec.name, ...change, by }, { signal }) : undefined
    if (wishes.status !== undefined)
      await this.#workspace.setActive(await this.#workspace.connection(id), wishes.status === 'active')
    return file?.newSecrets ?? []
  }

  /** The streams that there are: what the connection has, and where that does not say it, what its source has. */
  async #offered({ spec, source }: ShownConnection, wanted: readonly StreamWish[], signal: AbortSignal | undefined) {
    const own = spec.streams.map(({ name }) => name)
    if (wanted.every(({ name, namespace }) => namespace === undefined || own.includes(name))) return own
    return (await this.#workspace.streamsOf(source, signal)).map(({ name }) => name)
  }

  /** Its file is kept, and so are its tables. Answers where the file is. */
  async remove({ spec }: ShownConnection): Promise<string> {
    const { engine, store } = this.#workspace.services
    const { keptAt } = await engine.removeConnection(spec.name)
    await store.partConnectionEnds(spec.name)
    return keptAt
  }
}

/** A connection that a client gave no name is called as its source is, in the letters that names of files have. */
const nameAfter = ({ name }: ShownSource) =>
  name.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^[^A-Za-z]+|_+$/g, '') || 'connection'

/** Told before anything is written. @throws AIRBYTE_NOT_OFFERED */
function refuseInactive({ status }: ConnectionWishes, name: string, schedule: unknown): void {
  if (status === 'inactive' && !schedule) throw inactiveWithoutSchedule(name)
}

/** As Airbyte takes what nobody says anything about. */
const wholeStream = (name: string): ConfiguredStream => ({
  name,
  syncMode: 'full_refresh',
  destinationSyncMode: 'overwrite',
})

/** What is shown of the end of a connection lacks its secrets: another connection cannot be made of that. */
function wholeConfig({ name, config, end }: ShownSource | ShownDestination): Readonly<Record<string, unknown>> {
  if (end) return end.config
  if (Object.keys(config).length === 0) return config
  throw unprocessable(
    `\`${name}\` stands in the file of a connection, and is part of that one only.`,
    'Make one for the new connection: POST /sources, POST /destinations.',
  )
}
