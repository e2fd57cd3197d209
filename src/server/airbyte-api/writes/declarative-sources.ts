import { isDeepStrictEqual } from 'node:util'
import { printYaml } from '../../../base/index.js'
import { contentOf, revisionOf } from '../views/definitions.js'
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
    const found = await engine.connectorManifest(name)
    // What was told is sent back by whoever changes something else: it is no other text, and comments stay.
    if (saysTheSame(found, manifest)) return []
    const { hash: before, origin } = found
    const yaml = textOf(manifest)
    const revision = revisionOf({ origin })
    // Of one that came from elsewhere it stays said from where: whether it may ask for private addresses hangs on that.
    if (revision === undefined) return (await engine.changeConnector({ name, yaml, before })).warnings
    const came = { from, title: origin?.title ?? name, version: String(revision + 1) }
    return (await engine.addConnector({ name, from: { yaml, origin: came }, replaces: true, before }, { signal }))
      .warnings
  }

  /** @throws CONNECTOR_USED while a source or a connection has it */
  async remove(name: string): Promise<void> {
    await this.#workspace.services.engine.removeConnector(name)
  }
}

function saysTheSame(found: { readonly yaml: string; readonly file: string }, manifest: Manifest): boolean {
  if (typeof manifest === 'string') return manifest === found.yaml
  return isDeepStrictEqual(JSON.parse(JSON.stringify(contentOf(found))), JSON.parse(JSON.stringify(manifest)))
}

const textOf = (manifest: Manifest) => (typeof manifest === 'string' ? manifest : printYaml(manifest))
