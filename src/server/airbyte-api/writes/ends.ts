import { randomUUID } from 'node:crypto'
import type { ConnectionEnd } from '../../../orchestrate/index.js'
import type { EndPatch } from '../contract/requests.js'
import { missing, stateConflict, unprocessable } from '../errors.js'
import type { ShownConnection, ShownDestination, ShownSource } from '../views/catalog.js'
import type { Workspace } from '../workspace.js'
import { type DescribedEnd, destinationEnd, type OwnEnd, ownSettings, sourceEnd } from './end-requests.js'

type Kind = ConnectionEnd['kind']

interface Asked {
  readonly signal?: AbortSignal | undefined
}

/**
 * Sources and destinations by themselves. Connections are files that say both of their ends: what no connection has yet is kept in the store,
 * and what some have is changed in their files.
 */
export class Ends {
  readonly #workspace: Workspace

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** Answers its id. @throws SERVER_INVALID, AIRBYTE_UNPROCESSABLE, CONNECTION_SECRET_UNSET, CONNECTION_INVALID */
  async create(kind: Kind, name: string, described: DescribedEnd, { signal }: Asked): Promise<string> {
    const { services, connectors } = this.#workspace
    const read = kind === 'source' ? sourceEnd : destinationEnd
    const own = await read(described, await this.#workspace.catalog(), connectors)
    const id = randomUUID()
    const { config } = await services.engine.draftEnd({ kind, name, ...own }, { signal })
    await services.store.keepConnectionEnd({ id, kind, name, ...own, config })
    return id
  }

  /** @param isPartial what is not said stays. @throws as `create`, and SERVER_NOT_FOUND */
  async change(
    kind: Kind,
    id: string,
    { name, configuration }: EndPatch,
    { isPartial, signal }: Asked & { readonly isPartial: boolean },
  ): Promise<void> {
    const { services } = this.#workspace
    const catalog = await this.#workspace.catalog()
    const { shown, users } = this.#found(kind, id, catalog)
    const { end } = shown
    if (name !== undefined && name !== shown.name && !end)
      throw unprocessable(
        `The ${kind} \`${shown.name}\` is called as its connection is.`,
        `Rename ${users[0]?.spec.file ?? 'its file'}.`,
      )
    const given = configuration && this.#ownOf(kind, shown, configuration, isPartial)
    const changes = given && { config: given.config, isPartial }
    if (changes)
      for (const { spec } of users) {
        const what =
          kind === 'source' ? { sourceConfig: changes } : { destinationConfig: changes, schema: given.schema }
        await services.engine.changeConnection({ name: spec.name, ...what }, { signal })
      }
    if (!end) return
    const settings = { ...end, name: name ?? end.name, schema: given?.schema ?? end.schema }
    const { config } = changes ? await services.engine.draftEnd({ ...settings, changes }, { signal }) : end
    await services.store.keepConnectionEnd({ ...settings, config })
  }

  /** @throws SERVER_NOT_FOUND, AIRBYTE_STATE_CONFLICT while a connection has it */
  async remove(kind: Kind, id: string): Promise<void> {
    const { users } = this.#found(kind, id, await this.#workspace.catalog())
    if (users.length > 0)
      throw stateConflict(
        `The ${kind} is part of ${users.map(({ spec }) => spec.name).join(', ')}.`,
        'Delete the connection first: DELETE /connections/{connectionId}.',
      )
    await this.#workspace.services.store.forgetConnectionEnd(id)
  }

  #found(kind: Kind, id: string, catalog: Awaited<ReturnType<Workspace['catalog']>>) {
    const shown: ShownSource | ShownDestination | undefined =
      kind === 'source' ? catalog.source(id) : catalog.destination(id)
    if (!shown) throw missing(kind, id)
    const users: readonly ShownConnection[] = kind === 'source' ? catalog.ofSource(id) : catalog.ofDestination(id)
    return { shown, users }
  }

  /** Settings of the connector that it has: another one is another source. */
  #ownOf(
    kind: Kind,
    { connector, config: before }: ShownSource,
    configuration: DescribedEnd['configuration'],
    isPartial: boolean,
  ): OwnEnd {
    const { sourceType: _, destinationType: __, ...config } = configuration
    if (kind === 'source') {
      if (connector !== 'airbyte') return { connector, config: ownSettings(connector, config, isPartial ? before : {}) }
      const { image, ...rest } = config
      return { connector, config: { ...(image === undefined ? {} : { image }), config: rest } }
    }
    const { schema, database: ___, destination_path: ____, ...own } = config
    return { connector, config: own, schema: typeof schema === 'string' ? schema : undefined }
  }
}
