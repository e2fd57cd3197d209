import { didYouMean, errorFromJson, redactDeep } from '../../../base/index.js'
import {
  acceptSchema,
  type CheckResult,
  type Connection,
  checkConnection,
  connectionStreams,
  type DiscoveredStream,
  discoverConnection,
  keptStates,
  type ManifestPreview,
  previewConnectionStreams,
  readSyncState,
  type SettingsKeeper,
  streamNotFound,
  withSchemaChanges,
} from '../../../extract-load/index.js'
import type { OrchestrateStore, RemoteConnection } from '../../../orchestrate/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import type { AirbyteServers } from '../../airbyte/airbyte-servers.js'
import { checkRemote } from '../../airbyte/check-remote.js'
import { remoteStates, remoteStreams } from '../../airbyte/look-at-remote.js'
import { onlyThere } from '../../airbyte/only-there.js'
import type { Engine, Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import type { LoadedDefinitions } from '../../graph/load-definitions.js'
import { keepFoundStreams } from '../../project/found-streams.js'
import { previewLimits } from './preview-limits.js'

export interface ConnectionsOptions {
  readonly project: Project
  readonly settingsKeeper: SettingsKeeper
  readonly warehouse: () => Promise<Warehouse>
  /** Which keep connections as well. */
  readonly servers: AirbyteServers
  /** As the project has them now. */
  readonly loaded: () => Promise<Pick<LoadedDefinitions, 'definitions' | 'connections'>>
  /** Where it is noted what was done to them; undefined while nobody opened it. */
  readonly store: () => Promise<OrchestrateStore> | undefined
}

interface Stoppable {
  readonly signal?: AbortSignal | undefined
}

/** What an engine does with the connections of the project besides syncs. All throw CONNECTION_NOT_FOUND. */
export class Connections
  implements
    Pick<Engine, 'checkConnection' | 'discoverConnection' | 'acceptSchema' | 'connectionStates' | 'previewStream'>
{
  readonly #options: ConnectionsOptions

  constructor(options: ConnectionsOptions) {
    this.#options = options
  }

  async checkConnection(name: string, options: Stoppable = {}): Promise<CheckResult> {
    const remote = await this.#remote(name)
    if (remote) return redactDeep(await checkRemote(this.#options.servers, remote, options))
    const connection = await this.named(name)
    return redactDeep(await checkConnection({ connection, ...this.#sourceOptions(), ...options }))
  }

  async discoverConnection(name: string, options: Stoppable = {}): Promise<readonly DiscoveredStream[]> {
    const { project, servers } = this.#options
    const remote = await this.#remote(name)
    if (remote) return remoteStreams(servers, remote, options)
    const connection = await this.named(name)
    const streams = await discoverConnection({ connection, ...this.#sourceOptions(), ...options })
    if (connection.followsStreams)
      await keepFoundStreams(
        project,
        name,
        streams.map((stream) => stream.name),
      )
    // What the source has can be looked at also where no warehouse is.
    const warehouse = await this.#options.warehouse().catch(() => undefined)
    return warehouse ? withSchemaChanges({ connection, projectDir: project.dir, warehouse }, streams) : streams
  }

  async previewStream(
    { connection: name, stream, fromStart = false }: Parameters<Engine['previewStream']>[0],
    options: Stoppable = {},
  ): Promise<ManifestPreview> {
    const remote = await this.#remote(name)
    if (remote) throw onlyThere(name, remote, 'looked into stream by stream')
    const connection = await this.named(name)
    const states = fromStart ? {} : await keptStates(await this.#openOptions(connection))
    const request = { streams: [stream], states, limits: previewLimits }
    return previewConnectionStreams({ connection, ...this.#sourceOptions(), ...options }, request)
  }

  async acceptSchema(name: string, streams: readonly string[] | undefined, by: 'web' | 'cli') {
    const remote = await this.#remote(name)
    if (remote) throw onlyThere(name, remote, 'told which fields it takes')
    const connection = await this.named(name)
    const known = connectionStreams(connection).map((stream) => stream.name)
    const unknown = streams?.find((stream) => !known.includes(stream))
    if (unknown !== undefined) throw streamNotFound(unknown, known, name)
    const accepted = await acceptSchema(await this.#openOptions(connection), streams ?? known)
    const event = { connection: name, type: 'schema_accepted', by, message: accepted.join(', ') } as const
    if (accepted.length > 0) await (await this.#options.store())?.noteConnectionEvents([event])
    return accepted
  }

  async connectionStates(name: string) {
    const { definitions } = await this.#options.loaded()
    const spec = definitions.connections.find((one) => one.name === name)
    if (spec?.remote) return remoteStates(this.#options.servers, spec)
    return readSyncState(await this.#openOptions(await this.named(name)))
  }

  async #openOptions(connection: Connection) {
    const { project, warehouse } = this.#options
    return { connection, projectDir: project.dir, warehouse: await warehouse() }
  }

  #sourceOptions() {
    const { project, settingsKeeper } = this.#options
    return { projectDir: project.dir, settingsKeeper }
  }

  async #remote(name: string): Promise<RemoteConnection | undefined> {
    const { definitions } = await this.#options.loaded()
    return definitions.connections.find((one) => one.name === name)?.remote
  }

  async named(name: string): Promise<Connection> {
    const { definitions, connections } = await this.#options.loaded()
    const found = connections.find((connection) => connection.name === name)
    if (found) return found
    // Its file may be there and be broken.
    const problem = definitions.problems.find(({ data }) => data?.connection === name) ?? definitions.problems[0]
    if (problem) throw errorFromJson(problem)
    const names = definitions.connections.map((one) => one.name)
    throw platformErrors.create('CONNECTION_NOT_FOUND', {
      message: `The project ${this.#options.project.name} has no connection \`${name}\`.`,
      hint:
        names.length > 0
          ? [didYouMean(name, names), `Its connections: ${names.join(', ')}.`].filter((part) => part).join(' ')
          : 'It has no connections yet.',
    })
  }
}
