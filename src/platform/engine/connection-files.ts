import { constants, copyFile, mkdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { MillraceError, readText, replaceText, Semaphore } from '../../base/index.js'
import {
  type Connection,
  type ConnectionDraft,
  type ConnectionFile,
  checkFields,
  destinationSpec,
  discoverConnection,
  editConnection,
  extractLoadErrors,
  type SettingsKeeper,
  sourceSpec,
  type Variables,
} from '../../extract-load/index.js'
import { nextTicks } from '../../orchestrate/index.js'
import type { Engine, Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import type { StoredSecrets } from '../secrets/stored-secrets.js'

export interface ConnectionFilesOptions {
  readonly project: Project
  readonly secrets: StoredSecrets
  readonly settingsKeeper: SettingsKeeper
  /** @throws CONNECTION_NOT_FOUND */
  readonly named: (name: string) => Promise<Connection>
}

interface Stoppable {
  readonly signal?: AbortSignal | undefined
}

/** The files of connections that are there already: changed and removed as somebody asks who has no editor at hand. */
export class ConnectionFiles {
  readonly #options: ConnectionFilesOptions
  /** Of two who change a file at once the second sees what the first has written. */
  readonly #writing = new Semaphore(1)

  constructor(options: ConnectionFilesOptions) {
    this.#options = options
  }

  /** @throws CONNECTION_NOT_FOUND, SECRET_TAKEN, CONNECTION_INVALID and whatever else reading a connection throws */
  async change(
    { by, ...change }: Parameters<Engine['changeConnection']>[0],
    { signal }: Stoppable = {},
  ): Promise<ConnectionFile> {
    const { project, secrets: kept } = this.#options
    const connection = await this.#options.named(change.name)
    const path = join(project.dir, connection.file)
    const before = readText(path, connection.file)
    if (change.schedule) nextTicks(change.schedule.cron, change.schedule.timezone, new Date(), 1)
    const hasSettings = change.sourceConfig || change.destinationConfig || change.streams
    const known = hasSettings ? await kept.forNaming() : (await kept.forFiles()).variables
    const { env } = known
    const {
      connection: changed,
      secrets,
      ...file
    } = editConnection(before, connection, change, {
      ...known,
      file: connection.file,
      folder: project.extractLoadDir,
      spec: await this.#spec('source', connection.source, { env, signal }),
      destinationSpec: await this.#spec('destination', connection.destination, { env, signal }),
      foundStreams: connection.streams.map((stream) => stream.name),
    })
    if (file.yaml === before && secrets.size === 0) return file
    if (change.streams) await this.#checkFields(changed, signal)
    await this.#writing.run(() =>
      kept.keepFor(secrets, { known, by }, () => this.#replace(connection, before, file.yaml)),
    )
    return file
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
  async remove(name: string): Promise<{ readonly file: string; readonly keptAt: string }> {
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

  /** Fields, keys and cursors are those of the source, where it can be asked. */
  async #checkFields(connection: Connection, signal: AbortSignal | undefined): Promise<void> {
    const { project, settingsKeeper } = this.#options
    checkFields(connection, await discoverConnection({ connection, projectDir: project.dir, settingsKeeper, signal }))
  }

  async #spec(
    end: 'source' | 'destination',
    { connector = 'warehouse', config = {} }: Pick<ConnectionDraft['destination'], 'connector' | 'config'>,
    { env, signal }: { readonly env: Variables['env']; readonly signal: AbortSignal | undefined },
  ) {
    const ask = end === 'source' ? sourceSpec : destinationSpec
    const { project } = this.#options
    return (await ask({ connector, config }, { dir: project.dir, folder: project.extractLoadDir, env, signal })).spec
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

const notWritable = (file: string, cause: NodeJS.ErrnoException) =>
  platformErrors.create('PROJECT_NOT_WRITABLE', {
    message: `${file} cannot be written or moved (${cause.code}).`,
    hint: 'The project lies where Millrace may not write, as in a container: change the file where it comes from.',
    cause,
  })

const changedMeanwhile = (file: string) =>
  extractLoadErrors.create('CONNECTION_CHANGED_MEANWHILE', {
    message: `Somebody else changed ${file} at the same moment.`,
    hint: 'Nothing was written. Look at it, and ask again.',
  })
