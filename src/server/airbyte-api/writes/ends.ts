import { randomUUID } from 'node:crypto'
import type { ConnectionEnd } from '../../../orchestrate/index.js'
import type { EndPatch } from '../contract/requests.js'
import { missing, stateConflict, unprocessable } from '../errors.js'
import type { ShownConnection, ShownDestination, ShownSource } from '../views/catalog.js'
import type { Workspace } from '../workspace.js'
import { changedEnd, type DescribedEnd, destinationEnd, sourceEnd } from './actor-requests.js'

type Kind = ConnectionEnd['kind']

interface EndChange {
  readonly name?: string | undefined
  readonly schema?: string | undefined
  readonly changes?: { readonly config: DescribedEnd['configuration']; readonly isPartial: boolean } | undefined
  /** Those that are made of it. */
  readonly connections: readonly string[]
}

interface Asked {
  /** Who asks: secrets are kept in their name. */
  readonly by: string
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

  /** Answers its id and the names of secrets that came with it. @throws SERVER_INVALID, AIRBYTE_UNPROCESSABLE, SECRET_TAKEN, CONNECTION_INVALID */
  async create(kind: Kind, name: string, described: DescribedEnd, { by, signal }: Asked) {
    const { services, connectors } = this.#workspace
    const read = kind === 'source' ? sourceEnd : destinationEnd
    const own = await read(described, await this.#workspace.catalog(), connectors)
    const id = randomUUID()
    const { newSecrets } = await services.engine.keepEnd({ end: { id, kind, name, ...own }, by }, { signal })
    return { id, newSecrets }
  }

  /** Answers the names of secrets that are others since. @param isPartial what is not said stays. @throws as `create`, and SERVER_NOT_FOUND */
  async change(
    kind: Kind,
    id: string,
    { name, configuration }: EndPatch,
    { isPartial, by, signal }: Asked & { readonly isPartial: boolean },
  ): Promise<readonly string[]> {
    const { services, connectors } = this.#workspace
    const catalog = await this.#workspace.catalog()
    const { shown, users } = this.#found(kind, id, catalog)
    const { end } = shown
    if (name !== undefined && name !== shown.name && !end)
      throw unprocessable(
        `The ${kind} \`${shown.name}\` is called as its connection is.`,
        `Rename ${users[0]?.spec.file ?? 'its file'}.`,
      )
    const given = configuration && changedEnd(kind, shown, configuration, await connectors.warehouse(), isPartial)
    const changes = given && { config: given.config, isPartial }
    // What is wrong with the settings is told before anything of them is written.
    const connections = users.map(({ spec }) => spec.name)
    const secrets = end
      ? [...(await this.#changeEnd(end, { name, schema: given?.schema, changes, connections }, { by, signal }))]
      : []
    for (const connection of changes ? connections : []) {
      const what = kind === 'source' ? { sourceConfig: changes } : { destinationConfig: changes, schema: given?.schema }
      const { newSecrets } = await services.engine.changeConnection({ name: connection, ...what, by }, { signal })
      secrets.push(...newSecrets)
    }
    return secrets
  }

  async #changeEnd(
    end: ConnectionEnd,
    { name = end.name, schema = end.schema, changes, connections }: EndChange,
    { by, signal }: Asked,
  ): Promise<readonly string[]> {
    const { engine, store } = this.#workspace.services
    const changed = { ...end, name, schema }
    if (changes) {
      const change = { before: end, settings: changes, connections }
      return (await engine.keepEnd({ end: changed, change, by }, { signal })).newSecrets
    }
    if (await store.changeConnectionEnd(end, changed)) return []
    throw stateConflict(
      `Somebody else changed the ${end.kind} \`${end.name}\` at the same moment.`,
      'Ask for it again, and look.',
    )
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
}
