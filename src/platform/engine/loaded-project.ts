import { existsSync } from 'node:fs'
import { systemClock, toMillraceError } from '../../base/index.js'
import type { Definitions, OrchestrateStore } from '../../orchestrate/index.js'
import { AirbyteServers, type AsksServers } from '../airbyte/airbyte-servers.js'
import type { Project } from '../contract.js'
import { type LoadedDefinitions, loadDefinitions } from '../graph/load-definitions.js'
import { findProject } from '../project/find-project.js'
import { projectFingerprint } from '../project/fingerprint.js'
import { postgresFolder } from '../project/state-folder.js'
import type { StoredSecrets } from '../secrets/stored-secrets.js'
import { CodeLoad } from './code-load.js'
import type { DbtEngine } from './dbt/dbt-engine.js'
import { LoadAgain } from './load-again.js'
import type { UserCode } from './user-code.js'

export interface LoadedProjectOptions {
  readonly project: Project
  readonly env: Readonly<Record<string, string | undefined>>
  readonly dbt: DbtEngine
  readonly userCode: UserCode
  /** Where definitions are published; opened on first need. */
  readonly openStore: () => Promise<OrchestrateStore>
  readonly secrets: StoredSecrets
  /** Who asks the servers of Airbyte what they have. */
  readonly asks: AsksServers
}

type Loaded = LoadedDefinitions & {
  readonly print: string
  readonly news: number
  /** Of the secrets that it was given. */
  readonly secrets: Pick<Awaited<ReturnType<StoredSecrets['forFiles']>>, 'version'>
}

/** What the project defines, read again when it changed, and told to everybody once there is a store. */
export class LoadedProject {
  readonly servers: AirbyteServers
  readonly #options: LoadedProjectOptions
  readonly #codeLoad: CodeLoad
  readonly #again = new LoadAgain()
  #loaded: Loaded | undefined
  #loading: Promise<Definitions> | undefined
  #store: Promise<OrchestrateStore> | undefined
  /** The version that the store has. */
  #published: string | undefined

  constructor(options: LoadedProjectOptions) {
    this.#options = options
    const { project, env, asks } = options
    this.#codeLoad = new CodeLoad(project)
    this.servers = new AirbyteServers({
      project,
      named: async () => (await findProject(project.dir, { env })).airbyte ?? [],
      clock: systemClock,
      asks,
    })
  }

  /** As loaded last, if it was. */
  get loaded(): LoadedDefinitions | undefined {
    return this.#loaded
  }

  /** What of the project's code is being loaded. */
  get codeLoading() {
    return this.#codeLoad.loading
  }

  /** Undefined as long as nobody needed it. */
  get store(): Promise<OrchestrateStore> | undefined {
    return this.#store
  }

  /** As loaded last; read once at the first call. */
  async definitions(): Promise<Definitions> {
    return this.#loaded?.definitions ?? this.reload()
  }

  reload(): Promise<Definitions> {
    return this.#loadOnce(() => this.#load())
  }

  /** Reads connections again with the secrets of now, where they were read; dbt's project is parsed only where its files changed. */
  async takeSecrets(): Promise<void> {
    // What is being read may have been given the former ones.
    await this.settled()
    if (!this.#loaded) return
    const isSame = this.#loaded.print === (await projectFingerprint(this.#options.project))
    await this.#loadOnce(() => this.#load({ keepsDbt: isSame }))
  }

  #loadOnce(load: () => Promise<Definitions>): Promise<Definitions> {
    this.#loading ??= load().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  /** Reads the project again when one of its files changed since the last time. */
  async reloadIfChanged(): Promise<Definitions> {
    const print = await projectFingerprint(this.#options.project)
    // What is being read may have been looked at before it changed.
    await this.#loading?.catch(() => {})
    if (this.#loaded?.print !== print || this.#loaded.news !== this.servers.news || this.#again.isDue)
      return this.reload()
    if (await this.#options.secrets.hasNews(this.#loaded.secrets)) return this.reload()
    const { definitions } = this.#loaded
    if (this.#store) await this.#publish(definitions, await this.#store)
    return definitions
  }

  /** Tells everybody what the project defines, now and whenever it is read again. */
  async publish(): Promise<OrchestrateStore> {
    // Whoever asks after one that could not be opened tries again.
    this.#store ??= this.#options.openStore().catch((error: unknown) => {
      this.#store = undefined
      throw error
    })
    // The project is read while the store is on its way.
    const [store, definitions] = await Promise.all([this.#store, this.definitions()])
    await this.#publish(definitions, store)
    return store
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    await this.#loading?.catch(() => {})
  }

  async #load({ keepsDbt = false }: { readonly keepsDbt?: boolean } = {}): Promise<Definitions> {
    const { project, secrets, dbt, userCode } = this.#options
    const [print, abandoned] = [await projectFingerprint(project), new AbortController()]
    if (!keepsDbt) await dbt.reload()
    let { news } = this.servers
    let given: Loaded['secrets'] = { version: undefined }
    const loaded = await loadDefinitions(project, {
      variables: async () => {
        const { variables, version } = await secrets.forFiles()
        given = { version }
        return variables
      },
      readManifest: () => dbt.manifest(),
      selectDbt: (selectors) => dbt.select(selectors),
      readServers: async () => {
        const broken = await this.servers.readSettings().then(() => undefined, toMillraceError)
        const known = await this.servers.read()
        news = this.servers.news
        return broken ? known.map((one) => ({ ...one, problem: one.problem ?? broken })) : known
      },
      readUserDefinitions: (names) =>
        this.#codeLoad.whileUnchanged({ print, abandoned }, (signal) => userCode.load(names, signal)),
      before: () => this.#before(),
    })
    if (abandoned.signal.aborted) return this.#load()
    const { definitions } = loaded
    this.#loaded = { ...loaded, print, news, secrets: given }
    this.#again.note(definitions, print)
    if (this.#store) await this.#publish(definitions, await this.#store)
    void dbt.keep()
    return definitions
  }

  /** As loaded last; after a start as somebody published it. */
  async #before(): Promise<Definitions | undefined> {
    if (this.#loaded) return this.#loaded.definitions
    const { project, openStore } = this.#options
    // Nobody needs a new store to be told that there is nothing in it.
    if (!this.#store && project.metastoreUrl === undefined && !existsSync(postgresFolder(project))) return undefined
    return (await (this.#store ?? openStore())).readDefinitions()
  }

  /** What could not be published is published with the next look at the project. */
  async #publish(definitions: Definitions, store: OrchestrateStore): Promise<void> {
    if (this.#published === definitions.version) return
    await store.publishDefinitions(definitions)
    this.#published = definitions.version
  }
}
