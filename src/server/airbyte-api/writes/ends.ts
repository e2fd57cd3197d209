import { randomUUID } from 'node:crypto'
import type { ConnectionEnd } from '../../../orchestrate/index.js'
import type { EndPatch } from '../contract/requests.js'
import { missing, stateConflict, unprocessable } from '../errors.js'
import type { ShownConnection, ShownDestination, ShownSource } from '../views/catalog.js'
import type { Workspace } from '../workspace.js'
import { changedEnd, type DescribedEnd, destinationEnd, sourceEnd } from './end-requests.js'

type Kind = ConnectionEnd['kind']

interface EndChange {
  readonly name?: string | undefined
  readonly schema?: string | undefined
  readonly changes?: { readonly config: DescribedEnd['configuration']; readonly isPartial: boolean } | undefined
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

  /** Answers its id. @throws SERVER_INVALID, AIRBYTE_UNPROCESSABLE, SECRET_TAKEN, CONNECTION_INVALID */
  async create(kind: Kind, name: string, described: DescribedEnd, { by, signal }: Asked): Promise<string> {
    const { services, connectors } = this.#workspace
    const read = kind === 'source' ? sourceEnd : destinationEnd
    const own = await read(described, await this.#workspace.catalog(), connectors)
    const id = randomUUID()
    const { config } = await services.engine.draftEnd({ kind, name, ...own, by }, { signal })
    await services.store.addConnectionEnd({ id, kind, name, ...own, config })
    return id
  }

  /** @param isPartial what is not said stays. @throws as `create`, and SERVER_NOT_FOUND */
  async change(
    kind: Kind,
    id: string,
    { name, configuration }: EndPatch,
    { isPartial, by, signal }: Asked & { readonly isPartial: boolean },
  ): Promise<void> {
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
    if (end) await this.#changeEnd(end, { name, schema: given?.schema, changes }, { by, signal })
    for (const { spec } of changes ? users : []) {
      const what = kind === 'source' ? { sourceConfig: changes } : { destinationConfig: changes, schema: given?.schema }
      await services.engine.changeConnection({ name: spec.name, ...what, by }, { signal })
    }
  }

  async #changeEnd(
    end: ConnectionEnd,
    { name = end.name, schema = end.schema, changes }: EndChange,
    { by, signal }: Asked,
  ): Promise<void> {
    const { engine, store } = this.#workspace.services
    const { config } = changes ? await engine.draftEnd({ ...end, name, schema, changes, by }, { signal }) : end
    if (await store.changeConnectionEnd(end, { ...end, name, schema, config })) return
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
