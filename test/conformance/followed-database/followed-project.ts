import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { main, millraceIn, temporaryFolder, writeFiles } from '../../cli/support.js'
import type { Dice } from '../../support/random-writes.js'
import type { Relation } from './catalogue.js'

export interface Place {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
}

export interface Synced {
  kills: number
  ended: number
  failed: number
  /** What failed syncs said that nobody has read yet. */
  readonly failures: string[]
}

/** A project with one connection, which is synced by its command line and killed. */
export class FollowedProject {
  readonly synced: Synced = { kills: 0, ended: 0, failed: 0, failures: [] }
  readonly name: string
  readonly dir: string
  readonly #env: NodeJS.ProcessEnv
  readonly #remove: () => Promise<void>
  #running: ChildProcess | undefined

  private constructor(name: string, folder: { readonly dir: string; remove(): Promise<void> }, password: string) {
    this.name = name
    this.dir = folder.dir
    this.#remove = folder.remove
    this.#env = { FOLLOWED_PASSWORD: password }
  }

  /** @param output of the profile, without its type */
  static async create(
    name: string,
    output: string,
    source: Place,
    schemas: readonly string[],
  ): Promise<FollowedProject> {
    const folder = await temporaryFolder()
    const { dir } = folder
    await writeFiles(dir, {
      'millrace.yaml': `name: ${name}\nwarehouse: { profile: followed, target: dev }\n`,
      'transformation/dbt/dbt_project.yml':
        "name: followed\nversion: '1.0'\nprofile: followed\nmodel-paths: [models]\n",
      'transformation/dbt/profiles.yml': `followed:\n  target: dev\n  outputs:\n    dev: ${output}\n`,
    })
    const project = new FollowedProject(name, folder, source.password)
    const slot = `followed_${name}`
    const settings: Readonly<Record<string, string>> = {
      host: source.host,
      port: String(source.port),
      database: source.database,
      username: source.user,
      password: '${FOLLOWED_PASSWORD}',
      ...Object.fromEntries(schemas.map((schema, i) => [`schemas.${i}`, schema])),
      'replication_method.method': 'CDC',
      'replication_method.replication_slot': slot,
      'replication_method.publication': slot,
    }
    const set = Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])
    const flags = ['--connector', 'postgres', ...set, '--streams', 'all', '--schema', '${SOURCE_NAMESPACE}']
    const made = await millraceIn(dir, project.#env)('connections', 'create', 'followed', ...flags)
    if (made.code !== 0) throw new Error(`connections create failed:\n${made.stdout}${made.stderr}`)
    return project
  }

  /** A sync that nobody kills; what it said where it failed. */
  async sync(): Promise<boolean> {
    const { child, output } = this.#start()
    const [code] = await once(child, 'close')
    this.#note(code, output())
    return code === 0
  }

  /** Starts a sync and kills it some time after, unless it ends before. */
  async killedSync(dice: Dice): Promise<void> {
    const { child, output } = this.#start()
    const closed = once(child, 'close')
    const wait = dice.below(dice.one([3000, 8000, 15_000]))
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, wait))])
    if (child.exitCode !== null) {
      this.#note(child.exitCode, output())
      return
    }
    // The store goes with it, or goes on without it.
    await this.#kill(child.pid as number, dice.below(2) === 0)
    await closed
    this.synced.kills++
  }

  #note(code: number | null, output: string): void {
    if (code === 0) {
      this.synced.ended++
      return
    }
    this.synced.failed++
    this.synced.failures.push(output.split('\n').slice(-40).join('\n'))
  }

  /** Tables that came since join the connection, as somebody would write them into its file. */
  async addStreams(relations: readonly Relation[], nameOf: (relation: Relation) => string): Promise<void> {
    const file = join(this.dir, 'extract_load/followed.yaml')
    const text = await readFile(file, 'utf8')
    const missing = relations.filter(
      (one) => one.name.startsWith('new_table_') && !new RegExp(`^  ["']?${nameOf(one)}["']?:`, 'm').test(text),
    )
    if (missing.length === 0) return
    const lines = missing.map(
      (one) =>
        `  ${nameOf(one)}: { sync_mode: incremental, destination_sync_mode: append_dedup, primary_key: [${one.key.join(', ')}] }\n`,
    )
    await writeFile(
      file,
      text.replace(/^streams:\n/m, (line) => line + lines.join('')),
    )
  }

  async remove(): Promise<void> {
    if (this.#running?.pid !== undefined && this.#running.exitCode === null) await this.#kill(this.#running.pid, true)
    else await this.#kill(undefined, true)
    await this.#remove()
  }

  #start() {
    const child = spawn(process.execPath, [main, 'sync', 'followed'], {
      cwd: this.dir,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#running = child
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
    return { child, output: () => text }
  }

  async #kill(pid: number | undefined, withStore: boolean): Promise<void> {
    const pidFile = join(this.dir, '.millrace/postgres/postmaster.pid')
    const store = existsSync(pidFile) ? Number((await readFile(pidFile, 'utf8')).split('\n')[0]) : undefined
    const parents = parentOf()
    const below = (top: number): number[] => [
      top,
      ...[...parents].filter(([, parent]) => parent === top).flatMap(([one]) => below(one)),
    ]
    const ofStore = new Set(store === undefined || !parents.has(store) ? [] : below(store))
    const doomed = new Set([...(pid === undefined ? [] : below(pid)), ...ofStore])
    for (const one of doomed) {
      if (!withStore && ofStore.has(one)) continue
      try {
        process.kill(one, 'SIGKILL')
      } catch {
        // It was gone already.
      }
    }
  }
}

/** The parent of each process of this machine. */
function parentOf(): ReadonlyMap<number, number> {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n')
  return new Map(lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]))
}
