import { join, resolve } from 'node:path'
import { createLogger, redact, systemClock } from '../../../base/index.js'
import type { Warehouse } from '../../../warehouse/index.js'
import { writeGraphSummary } from '../../artifacts/write.js'
import type { ProfileTarget, TransformEvent } from '../../contract.js'
import type { BatchResults } from '../../event-time/batch-results.js'
import { eventWindow, sampleWindow } from '../../event-time/event-window.js'
import type { RunSession } from '../../execute/open-session.js'
import type { EventLog } from '../../log/event-log.js'
import { type ParsedProject, parseProject } from '../../parse/parse-project.js'
import type { DbtPackage } from '../../project/dbt-project.js'
import { tellOfDeprecatedSettings, tellOfFlagsInProfiles } from '../../project/deprecated-settings.js'
import { projectFolder } from '../../project/nearest-project.js'
import { findProfiles, type ProfileRequest, profilesFolder } from '../../project/profile.js'
import type { Ask } from '../../starter/ask.js'
import { jinjaFlags } from '../flags/command-flags.js'
import type { DbtFlags } from '../flags/dbt-flags.js'
import { yamlMapping } from '../flags/flags.js'
import { behaviorFlags } from '../flags/project-flags.js'
import { projectCounts } from './counts.js'
import { FormerState } from './former-state.js'
import { makeTargetFolder, targetFolder } from './target-folder.js'

/** Where a command writes, what it sees of the process, and how it gets at a warehouse. */
export interface DbtIo {
  readonly stdout: (line: string) => void
  readonly stderr: (line: string) => void
  readonly isTty: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly signal?: AbortSignal | undefined
  readonly openWarehouse: (target: ProfileTarget) => Promise<Warehouse>
  /** Asks whoever typed the command; without it nobody can be asked. */
  readonly ask?: Ask | undefined
  /**
   * Where is kept what ran last in each target, for `state:` and --defer without --state. Without it, in a bare dbt project,
   * these need --state as they do with dbt.
   */
  readonly memoryDir?: string | undefined
  readonly onEvent?: ((event: TransformEvent) => void) | undefined
}

/** What a retry repeats of the former run. */
export interface Retried {
  readonly ids: ReadonlySet<string>
  readonly batches: ReadonlyMap<string, BatchResults>
  /** The overloads of functions that are there. */
  readonly overloads: ReadonlyMap<string, readonly string[]>
  /** When the former run began: its batches end there. */
  readonly startedMs?: number
}

interface InvocationOptions {
  readonly id: string
  /** As it was typed: `dbt run --select orders`. */
  readonly commandLine: string
  /** The folder of dbt.log; undefined where there is none. */
  readonly logPath: string | undefined
  readonly project: Readonly<Record<string, unknown>>
  readonly retried?: Retried | undefined
}

/** Answers the exit code. */
export type DbtCommand = (invocation: CommandInvocation) => Promise<number> | number

/** One command line: what it asks for, and what every command needs to answer it. */
export class CommandInvocation {
  readonly command: string
  /** What follows the command: `generate` in `docs generate`. */
  readonly rest: readonly string[]
  readonly flags: DbtFlags
  readonly io: DbtIo
  /** What is selected when this repeats a former run. */
  readonly retried: Retried | undefined
  /** What run_results.json notes besides the flags: the macro of run-operation. */
  args: Readonly<Record<string, unknown>> | undefined

  /** Where the command says what it does. */
  readonly log: EventLog
  readonly id: string
  readonly #options: InvocationOptions
  /** What --state, --defer and --against lead to. */
  readonly former: FormerState
  /** `flags:` of dbt_project.yml. */
  readonly projectFlags: Readonly<Record<string, unknown>>
  #kept: Promise<void> | undefined

  constructor(positional: readonly string[], flags: DbtFlags, io: DbtIo, log: EventLog, options: InvocationOptions) {
    const [command = 'help', ...rest] = positional
    this.command = command
    this.rest = rest
    this.flags = flags
    this.io = io
    this.log = log
    this.id = options.id
    this.#options = options
    this.projectFlags = options.project
    this.retried = options.retried
    this.former = new FormerState(this)
  }

  /** Another command as part of this one: under its id, told in its log. */
  again(positional: readonly string[], flags: DbtFlags, retried?: Retried): CommandInvocation {
    return new CommandInvocation(positional, flags, this.io, this.log, { ...this.#options, retried })
  }

  /** A line that `--quiet` silences. */
  info(line: string): void {
    this.log.fire('Note', { msg: line })
  }

  /** What was asked for: the bare text, whatever the level of the log. */
  print(text: string): void {
    this.log.fire('PrintEvent', { msg: text })
  }

  /** One of dbt's behaviour flags, as the project turns it. */
  behaves(flag: string): boolean {
    const own = this.projectFlags[flag]
    return typeof own === 'boolean' ? own : (behaviorFlags[flag] ?? false)
  }

  /** The command's name for templates and artifacts: `freshness` of `source freshness`. */
  get which(): string {
    if (this.command === 'docs') return this.rest[0] ?? this.command
    return { ls: 'list', source: 'freshness' }[this.command] ?? this.command
  }

  get projectDir(): string {
    return projectFolder(this.flags.projectDir, this.io.cwd)
  }

  /** Which target of which profiles.yml is meant; folders are seen from where the command was typed. */
  profileRequest(): ProfileRequest {
    const { profilesDir, profile, target, vars } = this.flags
    return {
      projectDir: this.projectDir,
      profilesDir: profilesDir === undefined ? undefined : resolve(this.io.cwd, profilesDir),
      profile,
      target,
      vars: yamlMapping(vars, '--vars'),
      env: this.io.env,
    }
  }

  parse(): ParsedProject {
    const { singleThreaded, print = true } = this.flags
    const request = this.profileRequest()
    const threads = singleThreaded ? 1 : this.flags.threads
    tellOfDeprecatedSettings(this.projectDir, this.log)
    const project = parseProject({
      ...request,
      threads,
      cache: {
        path: (root) => this.#partialParsePath(root),
        isOnlyWritten: this.flags.partialParse === false,
      },
      flags: {
        ...jinjaFlags(this, { flags: this.flags, project: this.projectFlags }),
        ...this.#places(request),
        INVOCATION_COMMAND: redact(this.#options.commandLine),
        ...(this.command === 'run-operation' && this.rest.length > 0 && { MACRO: this.rest[0] }),
      },
      ignoresDbtVersion: this.flags.versionCheck === false,
      id: this.id,
      events: this.log,
      logger: createLogger(({ level, message }) => {
        if (level === 'warn') this.log.warn('JinjaLogWarning', { msg: message })
        else this.log.fire(level === 'debug' ? 'JinjaLogDebug' : 'JinjaLogInfo', { msg: message })
      }),
      print: (line) => {
        if (print) this.print(line)
      },
    })
    this.#kept = project.keep()
    tellOfFlagsInProfiles(findProfiles(request), this.log)
    return project
  }

  /** The folders that templates may ask for. */
  #places(request: ProfileRequest): Record<string, unknown> {
    return {
      PROJECT_DIR: resolve(this.projectDir),
      PROFILES_DIR: profilesFolder(request),
      LOG_PATH: this.#options.logPath,
    }
  }

  /** Runs the command, and waits for what is still being written at its end. */
  async run(command: DbtCommand): Promise<number> {
    try {
      return await command(this)
    } finally {
      await this.#kept
    }
  }

  /** What a parsing leaves to the next one; `--partial-parse-file-path` names another place. */
  #partialParsePath(root: DbtPackage): string {
    makeTargetFolder(root, this.flags.targetPath)
    const { partialParseFilePath } = this.flags
    if (partialParseFilePath !== undefined) return resolve(this.io.cwd, partialParseFilePath)
    return join(this.targetDir({ root }), 'partial_parse.millrace')
  }

  /** Where artifacts are written. */
  targetDir({ root }: Pick<ParsedProject, 'root'>): string {
    return targetFolder(root, this.flags.targetPath)
  }

  /** Parses the project and opens its warehouse for as long as `use` takes. */
  async withSession(use: (session: RunSession) => Promise<number>): Promise<number> {
    const project = this.parse()
    const [{ openSession }, { openWhenFree }] = await Promise.all([
      import('../../execute/open-session.js'),
      import('../../execute/open-when-free.js'),
    ])
    const waiting = { clock: systemClock, signal: this.io.signal, onWait: (message: string) => this.info(message) }
    const session = await openSession(project, {
      openWarehouse: (target) => openWhenFree(() => this.io.openWarehouse(target), waiting),
      targetPath: this.targetDir(project),
      fullRefresh: this.flags.fullRefresh,
      isEmpty: this.flags.empty,
      sample: sampleWindow(this.flags.sample, project.invocation.startedAt.getTime()),
      eventTime: eventWindow(this.flags.eventTimeStart, this.flags.eventTimeEnd),
      isWarnError: this.log.fateOf('LogTestResult') === 'error',
      introspects: this.flags.introspect,
    })
    this.tellGraph(project)
    try {
      return await use(session)
    } finally {
      await session.close()
    }
  }

  /** What the project holds, and graph_summary.json. A macro called by itself has no graph. */
  tellGraph(project: ParsedProject): void {
    const { manifest, invocation } = project
    if (!this.flags.noWriteJson && this.command !== 'run-operation')
      writeGraphSummary(manifest, this.targetDir(project), {
        invocationId: invocation.id,
        withTests: this.command === 'build',
      })
    this.log.fire('FoundStats', { stat_line: projectCounts(manifest) })
  }

  /**
   * Tells the session what will run, and with --defer where the other refs lead.
   * @param selected what runs, and what is part of something that does: ephemeral models
   * @throws TRANSFORM_USAGE
   */
  async prepare(session: RunSession, ids: ReadonlySet<string>, selected = ids): Promise<void> {
    session.prepare({ selectedIds: [...selected] })
    this.#announce(session, ids.size)
    if (this.retried) {
      const { batches, overloads, startedMs } = this.retried
      session.prepare({
        formerBatches: batches,
        formerOverloads: overloads,
        ...(startedMs !== undefined && { startedMs }),
      })
    }
    if (!this.flags.defer) return
    const former = this.former.manifest(session.project)
    const { deferral } = await import('../../execute/session/defer.js')
    session.prepare({
      deferred: await deferral(session, former, ids, { favorsState: this.flags.favorState ?? false }),
    })
  }

  #announce({ target }: RunSession, count: number): void {
    if (count === 0) {
      this.log.warn('NothingToDo', {})
      return
    }
    this.log.fire('Formatting', { msg: '' })
    this.log.fire('ConcurrencyLine', {
      num_threads: target.threads,
      target_name: target.targetName,
      node_count: count,
    })
    this.log.fire('Formatting', { msg: '' })
  }
}
