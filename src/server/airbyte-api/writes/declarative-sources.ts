import { printYaml } from '../../../base/index.js'
import { stateConflict } from '../errors.js'
import { revisionOf } from '../views/definitions.js'
import type { Workspace } from '../workspace.js'

type Manifest = Readonly<Record<string, unknown>> | string

interface Asked {
  readonly signal?: AbortSignal | undefined
}

const from = "Airbyte's API"

/** Connectors that are manifests: made, changed and taken away as at the command line and on the page. */
export class DeclarativeSources {
  readonly #workspace: Workspace

  constructor(workspace: Workspace) {
    this.#workspace = workspace
  }

  /** Answers its name, and what its author should know. @throws CONNECTOR_EXISTS, MANIFEST_INVALID, MANIFEST_COMPONENT_UNSUPPORTED */
  async create(
    title: string,
    manifest: Manifest,
    { signal }: Asked,
  ): Promise<{ readonly name: string; readonly warnings: readonly string[] }> {
    const origin = { from, title, version: '1' }
    const yaml = textOf(manifest)
    const { engine } = this.#workspace.services
    return engine.addConnector({ from: { yaml, origin }, replaces: false }, { signal })
  }

  /** Answers what its author should know. @throws CONNECTOR_CHANGED_MEANWHILE, MANIFEST_INVALID, MANIFEST_COMPONENT_UNSUPPORTED */
  async change(name: string, manifest: Manifest, { signal }: Asked): Promise<readonly string[]> {
    const { engine } = this.#workspace.services
    const { hash, origin, ...before } = await engine.connectorManifest(name)
    const yaml = textOf(manifest)
    const revision = revisionOf({ origin })
    // Of one that came from elsewhere it stays said from where: whether it may ask for private addresses hangs on that.
    if (revision === undefined) return (await engine.changeConnector({ name, yaml, before: hash })).warnings
    if (yaml === before.yaml) return []
    const added = await engine.addConnector(
      {
        name,
        from: { yaml, origin: { from, title: origin?.title ?? name, version: String(revision + 1) } },
        replaces: true,
      },
      { signal },
    )
    return added.warnings
  }

  /** @throws CONNECTOR_USED, AIRBYTE_STATE_CONFLICT while a source or a connection has it */
  async remove(name: string): Promise<void> {
    const { sources } = await this.#workspace.catalog()
    const users = sources.filter(({ connector, end }) => connector === name && end !== undefined)
    if (users.length > 0)
      throw stateConflict(
        `The sources ${users.map((one) => `\`${one.name}\``).join(', ')} are of this definition.`,
        'Delete them first: DELETE /sources/{sourceId}.',
      )
    await this.#workspace.services.engine.removeConnector(name)
  }
}

const textOf = (manifest: Manifest) => (typeof manifest === 'string' ? manifest : printYaml(manifest))
