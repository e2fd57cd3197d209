import { createHash } from 'node:crypto'
import {
  addConnector,
  changeConnector,
  checkManifestText,
  connectorManifest,
  connectorManifestHash,
  connectorProblem,
  connectorProblems,
  connectorUsers,
  type KeptSettings,
  type ManifestPreview,
  previewManifestText,
  removeConnector,
  starterManifest,
  withStreamSchema,
} from '../../../extract-load/index.js'
import type { ConnectionEndStore } from '../../../orchestrate/index.js'
import type { ConnectorUsers, Engine, ManifestTest, Project } from '../../contract.js'
import { hasStore } from '../../project/state-folder.js'
import type { StoredSecrets } from '../../secrets/stored-secrets.js'
import { previewLimits } from './preview-limits.js'

export interface AddedConnectorsOptions {
  readonly project: Project
  readonly secrets: StoredSecrets
  readonly openStore: () => Promise<Pick<ConnectionEndStore, 'connectionEnds'>>
  /** Reads the project again: whoever changed it looks at it next. */
  readonly changed: () => Promise<unknown>
}

type Methods =
  | 'addConnector'
  | 'connectorManifest'
  | 'connectorManifestHash'
  | 'changeConnector'
  | 'connectorUsers'
  | 'removeConnector'
  | 'checkManifest'
  | 'manifestWithSchema'
  | 'previewManifest'
  | 'connectorProblem'
  | 'connectorProblems'

/** Connectors that were added to the project: added, edited, tried and taken out. */
export class AddedConnectors implements Pick<Engine, Methods> {
  readonly #options: AddedConnectorsOptions
  /** By connector and the settings that somebody tries it with: what an API changed of them, for as long as this process lives. */
  readonly #changed = new Map<string, Map<string, string>>()

  constructor(options: AddedConnectorsOptions) {
    this.#options = options
  }

  get #place() {
    const { dir, extractLoadDir } = this.#options.project
    return { projectDir: dir, folder: extractLoadDir }
  }

  async addConnector(
    { from, name, replaces, before }: Parameters<Engine['addConnector']>[0],
    { signal }: Parameters<Engine['addConnector']>[1] = {},
  ) {
    const { projectDir: cwd, folder } = this.#place
    const given =
      typeof from === 'string'
        ? from
        : 'yaml' in from
          ? { text: from.yaml, isOwn: false, origin: from.origin }
          : { text: starterManifest(from.choices), isOwn: true }
    const added = await addConnector({ from: given, name, replaces, before, folder, cwd, signal })
    await this.#options.changed()
    return added
  }

  async connectorManifest(name: string) {
    return connectorManifest(name, this.#place)
  }

  async connectorManifestHash(name: string) {
    return { hash: await connectorManifestHash(name, this.#place) }
  }

  async changeConnector({ name, ...change }: Parameters<Engine['changeConnector']>[0]) {
    const manifest = await changeConnector(name, change, this.#place)
    await this.#options.changed()
    return manifest
  }

  async connectorUsers(name: string): Promise<ConnectorUsers> {
    const [files, sources] = await Promise.all([connectorUsers(name, this.#place), this.#sourcesOf(name)])
    return { files, sources }
  }

  /** That clients of Airbyte made. */
  async #sourcesOf(connector: string): Promise<string[]> {
    const { project, openStore } = this.#options
    if (!(await hasStore(project))) return []
    const { ends } = await (await openStore()).connectionEnds()
    return ends.filter((end) => end.kind === 'source' && end.connector === connector).map((end) => end.name)
  }

  async removeConnector(name: string) {
    const folder = await removeConnector(name, this.#place, { sources: await this.#sourcesOf(name) })
    this.#changed.delete(name)
    await this.#options.changed()
    return { folder }
  }

  async checkManifest(
    { connector, yaml }: Parameters<Engine['checkManifest']>[0],
    { signal }: Parameters<Engine['checkManifest']>[1] = {},
  ) {
    return checkManifestText(connector, yaml, this.#place, signal)
  }

  async manifestWithSchema({ yaml, stream, schema }: Parameters<Engine['manifestWithSchema']>[0]) {
    return { yaml: await withStreamSchema(yaml, stream, schema) }
  }

  async previewManifest(
    { connector, stream, state, limits = previewLimits, ...draft }: Parameters<Engine['previewManifest']>[0],
    { signal }: Parameters<Engine['previewManifest']>[1] = {},
  ): Promise<ManifestPreview> {
    const kept = this.#kept(connector, draft.config)
    const { env } = await this.#options.secrets.namedIn([draft.config])
    const shown = await previewManifestText(
      connector,
      draft,
      { ...this.#place, env, kept, signal },
      { streams: [stream], states: state && { [stream]: state }, limits },
    )
    if (!kept.isChanged) return shown
    const message =
      'The API gave new tokens in the place of those that were typed. Tests with the same settings use them until Millrace is started again; a connection needs new ones.'
    return { ...shown, logs: [...shown.logs, { level: 'warn', message }] }
  }

  async connectorProblem({ name, ...asked }: Parameters<Engine['connectorProblem']>[0]) {
    return { error: await connectorProblem(name, this.#place, asked) }
  }

  connectorProblems(
    asked: Parameters<Engine['connectorProblems']>[0],
    { signal }: Parameters<Engine['connectorProblems']>[1] = {},
  ) {
    return connectorProblems(this.#place, asked, signal)
  }

  /** Another token that is typed is another login: nobody is given that of somebody else. */
  #kept(connector: string, config: ManifestTest['config']): KeptSettings & { isChanged: boolean } {
    const changed = this.#changed
    const hash = createHash('sha256').update(JSON.stringify(config)).digest('hex')
    return {
      isChanged: false,
      read: async () => changed.get(connector)?.get(hash),
      async write(text) {
        const ofConnector = changed.get(connector) ?? new Map<string, string>()
        changed.set(connector, ofConnector.set(hash, text))
        this.isChanged = true
      },
    }
  }
}
