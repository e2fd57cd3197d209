import { createHash } from 'node:crypto'
import { access, constants, copyFile, mkdir, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import {
  lineDiff,
  MillraceError,
  readText,
  redact,
  redactDeep,
  replaceText,
  Semaphore,
  shortDiff,
  toMillraceError,
} from '../../../base/index.js'
import {
  type ChangedSettings,
  type ChangeEffect,
  type CheckResult,
  type Connection,
  type ConnectionFile,
  type ConnectionFileChange,
  changeEffects,
  checkConnection,
  checkDestination,
  checkFields,
  committedStates,
  connectionStreams,
  type DiscoveredStream,
  discoverConnection,
  editConnection,
  extractLoadErrors,
  type SettingsKeeper,
  shownSettings,
  writtenConnection,
} from '../../../extract-load/index.js'
import { type Definitions, nextTicks } from '../../../orchestrate/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import type { ChangePreview, ConnectionSettings } from '../../connections-contract.js'
import type { Engine, OfferedStreams, Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import { keepFoundStreams } from '../../project/found-streams.js'
import type { StoredSecrets } from '../../secrets/stored-secrets.js'
import { offeredStreams, refuseMadeTables, withoutPlace } from './draft-answers.js'
import type { Drafts } from './drafts.js'

export interface ConnectionFilesOptions {
  readonly project: Project
  readonly secrets: StoredSecrets
  readonly settingsKeeper: SettingsKeeper
  readonly warehouse: () => Promise<Warehouse>
  readonly definitions: () => Promise<Definitions>
  /** @throws CONNECTION_NOT_FOUND */
  readonly named: (name: string) => Promise<Connection>
  /** The settings that one end takes. */
  readonly specOf: Drafts['ask']
}

interface Stoppable {
  readonly signal?: AbortSignal | undefined
}

type Methods =
  | 'connectionSettings'
  | 'changeConnection'
  | 'previewChange'
  | 'checkChange'
  | 'checkChangedDestination'
  | 'discoverChange'
  | 'removeConnection'

/** The files of connections that are there already: shown, changed and removed as somebody asks who has no editor at hand. */
export class ConnectionFiles implements Pick<Engine, Methods> {
  readonly #options: ConnectionFilesOptions
  /** Of two who change a file at once the second sees what the first has written. */
  readonly #writing = new Semaphore(1)
  /** What the sources had when somebody last chose of it: what is said of their streams is held against it. */
  readonly #found = new Map<string, { readonly source: string; readonly streams: readonly DiscoveredStream[] }>()

  constructor(options: ConnectionFilesOptions) {
    this.#options = options
  }

  /** @throws CONNECTION_NOT_FOUND, CONNECTION_NOT_EDITABLE */
  async connectionSettings(name: string): Promise<ConnectionSettings> {
    const connection = await this.#options.named(name)
    const { file, followsStreams } = connection
    const path = join(this.#options.project.dir, file)
    const text = readText(path, file)
    const { source, destination, streams, retries, timeouts, ...draft } = writtenConnection(text, file)
    const { spec, destinationSpec } = await this.#specs(connection)
    return {
      file,
      hash: hashOf(text),
      followsStreams,
      readOnly: await whyReadOnly(path, file),
      ...{ retries, timeouts },
      draft: {
        ...draft,
        source: { connector: source.connector, config: shownSettings(spec, source.config) },
        destination: { ...destination, config: shownSettings(destinationSpec, destination.config) },
        streams:
          streams.length > 0 || followsStreams
            ? streams
            : connectionStreams(connection).map(({ name, syncMode, destinationSyncMode }) => ({
                ...{ name, syncMode, destinationSyncMode },
              })),
      },
    }
  }

  /**
   * @throws CONNECTION_NOT_FOUND, CONNECTION_CHANGED_MEANWHILE, SECRET_TAKEN, CONNECTION_INVALID and whatever else reading a connection
   * throws, CONNECTION_EXISTS where another one makes its tables
   */
  async changeConnection(
    { by, ...change }: Parameters<Engine['changeConnection']>[0],
    { signal }: Stoppable = {},
  ): Promise<ConnectionFile> {
    const { project, secrets: kept } = this.#options
    const { connection, text, known, drafted } = await this.#edited(change, { signal })
    const { connection: changed, secrets, ...file } = drafted
    if (file.yaml === text && secrets.size === 0) return file
    refuseMadeTables(changed, await this.#options.definitions())
    const found = change.streams && (await this.#foundOf(changed, signal))
    // Fields, keys and cursors are those of the source, where it can be asked.
    if (found) checkFields(changed, found)
    await this.#writing.run(() =>
      kept.keepFor(secrets, { known, by }, () => this.#replace(connection, text, file.yaml)),
    )
    if (changed.followsStreams && found)
      await keepFoundStreams(
        project,
        changed.name,
        found.map(({ name }) => name),
      )
    return file
  }

  /** What `changeConnection` would write, and what comes of it. Nothing is written, and nothing kept. @throws as that does */
  async previewChange(change: ConnectionFileChange, options: Stoppable = {}): Promise<ChangePreview> {
    const { connection, text, drafted } = await this.#edited(change, options)
    const { connection: changed, secrets: _, yaml, ...file } = drafted
    const found = this.#found.get(change.name)
    if (found?.source === JSON.stringify(changed.source)) checkFields(changed, found.streams)
    refuseMadeTables(changed, await this.#options.definitions())
    const [before, after] = [redact(text), redact(yaml)]
    return {
      ...file,
      yaml: after,
      diff: before === after ? [] : shortDiff(lineDiff(before.trimEnd(), after.trimEnd())),
      effects: redactDeep(await this.#effects(connection, changed)),
    }
  }

  async checkChange(change: ConnectionFileChange, options: Stoppable = {}): Promise<CheckResult> {
    const { drafted } = await this.#edited(change, options)
    return withoutPlace(await checkConnection(this.#verb(drafted.connection, options.signal)))
  }

  async checkChangedDestination(change: ConnectionFileChange, options: Stoppable = {}): Promise<CheckResult> {
    const { drafted } = await this.#edited(change, options)
    const { warehouse } = this.#options
    return withoutPlace(await checkDestination({ ...this.#verb(drafted.connection, options.signal), warehouse }))
  }

  async discoverChange(change: ConnectionFileChange, options: Stoppable = {}): Promise<OfferedStreams> {
    // With other settings the source may have other streams than the file names: it is asked which, whatever is named.
    const open = { streams: [], schemaChanges: 'propagate_fully' } as const
    const asked = change.sourceConfig ? { ...change, ...open } : change
    const { connection } = (await this.#edited(asked, options)).drafted
    const streams = await discoverConnection(this.#verb(connection, options.signal))
    this.#found.set(change.name, { source: JSON.stringify(connection.source), streams })
    return offeredStreams(connection, streams)
  }

  /**
   * What the source has; undefined where it does not say: what cannot be reached now, or not with these settings, may be saved all the same.
   * Whoever asks is told of that by the check before.
   */
  async #foundOf(connection: Connection, signal: AbortSignal | undefined) {
    try {
      return await discoverConnection(this.#verb(connection, signal))
    } catch (thrown) {
      if (signal?.aborted) throw thrown
      return undefined
    }
  }

  #verb(connection: Connection, signal: AbortSignal | undefined) {
    const { project, settingsKeeper } = this.#options
    return { connection, projectDir: project.dir, settingsKeeper, signal }
  }

  /** What a change makes of the file as it is now. */
  async #edited(change: ConnectionFileChange, { signal }: Stoppable) {
    const { project, secrets: kept } = this.#options
    const connection = await this.#options.named(change.name)
    const { file } = connection
    const text = readText(join(project.dir, file), file)
    if (change.before !== undefined && change.before !== hashOf(text)) throw changedMeanwhile(file)
    if (change.schedule) nextTicks(change.schedule.cron, change.schedule.timezone, new Date(), 1)
    const hasSettings = change.sourceConfig || change.destinationConfig || change.streams
    const known = hasSettings ? await kept.forNaming() : (await kept.forFiles()).variables
    const drafted = editConnection(text, connection, change, {
      ...known,
      file,
      folder: project.extractLoadDir,
      ...(await this.#specs(connection, { change, signal })),
      foundStreams: connection.streams.map((stream) => stream.name),
    })
    return { connection, text, known, drafted }
  }

  /** What both ends take, of the programs that a change names. */
  async #specs(
    { source, destination }: Pick<Connection, 'source' | 'destination'>,
    { change, signal }: Stoppable & { readonly change?: ConnectionFileChange } = {},
  ) {
    const { specOf } = this.#options
    const changed = (config: Connection['source']['config'], settings: ChangedSettings | undefined) =>
      settings ? { ...config, ...settings.config } : config
    const [ofSource, ofDestination] = await Promise.all([
      specOf('source', { ...source, config: changed(source.config, change?.sourceConfig) }, { signal }),
      specOf(
        'destination',
        { ...destination, config: changed(destination.config, change?.destinationConfig) },
        { signal },
      ),
    ])
    return { spec: ofSource.spec, destinationSpec: ofDestination.spec }
  }

  /** A destination that is away does not keep anybody from changing the file. */
  async #effects(before: Connection, after: Connection): Promise<readonly ChangeEffect[]> {
    const { project, warehouse } = this.#options
    try {
      const states = await committedStates({
        connection: before,
        projectDir: project.dir,
        warehouse: await warehouse(),
      })
      return changeEffects(before, after, states)
    } catch (thrown) {
      const message = `What was loaded until now could not be looked up, nor what comes of it: ${toMillraceError(thrown).message}`
      return [{ kind: 'unknown', message }]
    }
  }

  /** Whoever reads the file meanwhile finds the former one or this. */
  async #replace({ file }: Connection, before: string, after: string): Promise<void> {
    const path = join(this.#options.project.dir, file)
    const isReplaced = await replaceText(path, { before, after, shown: file }).catch((cause) => {
      // One that is gone meanwhile says so itself.
      throw cause instanceof MillraceError || cause.code === 'ENOENT' ? cause : notWritable(file, cause)
    })
    if (!isReplaced) throw changedMeanwhile(file)
  }

  /** Out of the project, into the folder of its state: it can be brought back by hand. Answers where it is. @throws CONNECTION_NOT_FOUND */
  async removeConnection(name: string): Promise<{ readonly file: string; readonly keptAt: string }> {
    const { project } = this.#options
    const { file } = await this.#options.named(name)
    const folder = join(project.stateDir, 'removed-connections')
    await mkdir(folder, { recursive: true })
    const time = new Date().toISOString().replace(/[:.]/g, '-')
    const keptAt = join(folder, `${time} ${basename(file)}`)
    await this.#writing
      .run(() => moved(join(project.dir, file), keptAt))
      .catch((cause) => {
        throw notWritable(file, cause)
      })
    return { file, keptAt }
  }
}

/** The folder of the state may be on another disk. */
async function moved(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await copyFile(from, to, constants.COPYFILE_EXCL)
    await rm(from)
  }
}

/** Of a text, by which somebody knows it again. */
const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Why a file cannot be changed; undefined where it can. Another one takes its place: its folder is written to, too. */
async function whyReadOnly(path: string, file: string): Promise<string | undefined> {
  try {
    await access(path, constants.W_OK)
    await access(dirname(await realpath(path)), constants.W_OK)
    return undefined
  } catch (error) {
    return `${file} cannot be written (${(error as NodeJS.ErrnoException).code}).`
  }
}

const notWritable = (file: string, cause: NodeJS.ErrnoException) =>
  platformErrors.create('PROJECT_NOT_WRITABLE', {
    message: `${file} cannot be written or moved (${cause.code}).`,
    hint: 'The project lies where Millrace may not write, as in a container: change the file where it comes from.',
    cause,
  })

const changedMeanwhile = (file: string) =>
  extractLoadErrors.create('CONNECTION_CHANGED_MEANWHILE', {
    message: `Somebody else changed ${file} meanwhile.`,
    hint: 'Nothing was written. Look at what it says now, and ask again.',
  })
