import { execFile } from 'node:child_process'
import { redact } from '../../base/index.js'
import type { RunLauncher, RunWorker, RunWorkerState } from '../contract/index.js'
import { lastWords } from './last-words.js'
import { launchFailed } from './launch-failed.js'
import { metastoreVariable, runWorkerArguments } from './run-worker-command.js'
import type { DockerSettings, LauncherSurroundings } from './settings.js'

const projectLabel = 'millrace.project'
const mostOutputBytes = 16 * 1024 * 1024

/** What `docker inspect` tells of a container. */
interface ContainerState {
  readonly Status: string
  readonly ExitCode: number
  readonly OOMKilled?: boolean
  readonly Error?: string
}

interface Outcome {
  readonly exitCode: number
  readonly output: string
  readonly complaint: string
}

/** Each run in a container, by the command line of docker or of what takes the same (podman, nerdctl). */
export class DockerLauncher implements RunLauncher {
  readonly type = 'docker'
  readonly pollMs = 1_000
  /** So long docker may take for an answer, unless it may have to pull an image. */
  readonly answersWithinMs = 30_000
  readonly #settings: DockerSettings
  readonly #surroundings: LauncherSurroundings

  constructor(settings: DockerSettings, surroundings: LauncherSurroundings) {
    this.#settings = settings
    this.#surroundings = surroundings
  }

  describe(name: string): string {
    return `container ${name} of the image ${this.#settings.image}`
  }

  async launch(worker: RunWorker, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    // It pulls the image first, where it must.
    const { exitCode, complaint } = await this.#run(this.#runArguments(worker), { signal })
    if (exitCode === 0 || /name .*is already in use/i.test(complaint)) return
    throw launchFailed(`The ${this.describe(worker.name)} could not be started: ${complaint}`, {
      isRetryable: isUnreachable(complaint),
    })
  }

  #runArguments(worker: RunWorker): readonly string[] {
    const { image, command, projectDir, env, network, cpus, memory, volumes, user, imagePullPolicy, labels } =
      this.#settings
    const [entrypoint = '', ...first] = command
    const option = (name: string, value: string | number | undefined) =>
      value === undefined ? [] : [name, String(value)]
    const each = (name: string, values: readonly string[]) => values.flatMap((value) => [name, value])
    const allLabels = { ...labels, [projectLabel]: this.#surroundings.project, 'millrace.run': worker.runId }
    return [
      'run',
      '--detach',
      '--init',
      ...option('--name', worker.name),
      ...each(
        '--label',
        Object.entries(allLabels).map(([key, value]) => `${key}=${value}`),
      ),
      ...option('--pull', imagePullPolicy),
      ...option('--network', network),
      ...option('--cpus', cpus),
      ...option('--memory', memory),
      ...option('--user', user),
      ...each('--volume', volumes),
      // Names without values: a command line can be read by everybody on the machine.
      ...each('--env', [...new Set([...env, ...this.#ofLogsAndTraces(), metastoreVariable])]),
      ...option('--entrypoint', entrypoint),
      image,
      ...first,
      ...runWorkerArguments(worker, projectDir),
    ]
  }

  /** Run workers tell of themselves as this process does. */
  #ofLogsAndTraces(): readonly string[] {
    return Object.keys(this.#surroundings.env).filter((name) => /^(OTEL_|MILLRACE_LOG_|MILLRACE_TRACE_SQL$)/.test(name))
  }

  async state(name: string, { signal }: { readonly signal: AbortSignal }): Promise<RunWorkerState> {
    const { exitCode, output, complaint } = await this.#ask(
      ['inspect', '--type', 'container', '--format', '{{json .State}}', name],
      signal,
    )
    if (exitCode !== 0) {
      if (isMissing(complaint)) return { status: 'unknown' }
      throw launchFailed(`The state of ${name} could not be asked: ${complaint}`, { isRetryable: true })
    }
    const state = JSON.parse(output) as ContainerState
    if (state.Status === 'created' || state.Status === 'initialized')
      return { status: 'starting', reason: state.Error || undefined, isHopeless: Boolean(state.Error) }
    if (!['exited', 'stopped', 'dead'].includes(state.Status)) return { status: 'running' }
    return this.#ended(name, state, signal)
  }

  async #ended(
    name: string,
    { ExitCode, OOMKilled, Error: error }: ContainerState,
    signal: AbortSignal,
  ): Promise<RunWorkerState> {
    const isKilled = OOMKilled === true || ExitCode > 128
    const why = OOMKilled ? 'had no memory left, and was ended' : `ended with exit code ${ExitCode}`
    const logs = ExitCode === 0 ? undefined : await this.#ask(['logs', '--tail', '20', name], signal)
    const said = logs ? lastWords(`${logs.output}\n${logs.complaint}`) : ''
    return {
      status: 'ended',
      reason: redact(`${why}${error ? ` (${error})` : ''}${said}`),
      isKilled,
      exitCode: ExitCode,
    }
  }

  forget(name: string): Promise<void> {
    return this.terminate(name)
  }

  async terminate(name: string): Promise<void> {
    const { exitCode, complaint } = await this.#ask(['rm', '--force', name])
    if (exitCode !== 0 && !isMissing(complaint))
      throw launchFailed(`${name} could not be removed: ${complaint}`, { isRetryable: true })
  }

  async tidy(): Promise<void> {
    await this.#ask([
      'container',
      'prune',
      '--force',
      '--filter',
      `label=${projectLabel}=${this.#surroundings.project}`,
    ])
  }

  #ask(args: readonly string[], signal?: AbortSignal): Promise<Outcome> {
    return this.#run(args, { signal, timeoutMs: this.answersWithinMs })
  }

  #run(
    args: readonly string[],
    { signal, timeoutMs }: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number },
  ): Promise<Outcome> {
    const { commandLine, metastoreUrl } = this.#settings
    const env = { ...this.#surroundings.env, [metastoreVariable]: metastoreUrl ?? this.#surroundings.metastoreUrl }
    return new Promise((resolve, reject) => {
      execFile(
        commandLine,
        [...args],
        {
          env,
          maxBuffer: mostOutputBytes,
          ...(signal ? { signal } : {}),
          ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
        },
        (error, output, complaint) => {
          if (!error) resolve({ exitCode: 0, output, complaint: complaint.trim() })
          else if (typeof error.code === 'number')
            resolve({ exitCode: error.code, output, complaint: redact(withoutAdvice(complaint) || error.message) })
          else if ((error as NodeJS.ErrnoException).code === 'ENOENT')
            reject(launchFailed(`The program \`${commandLine}\` was not found.`, { cause: error }))
          else {
            const isLate = timeoutMs !== undefined && error.killed === true && signal?.aborted !== true
            const why = isLate ? `gave no answer within ${timeoutMs / 1000} s` : 'was ended'
            reject(launchFailed(`\`${commandLine} ${args[0]}\` ${why}.`, { isRetryable: true, cause: error }))
          }
        },
      )
    })
  }
}

/** What docker says below each of its errors. */
const withoutAdvice = (complaint: string) =>
  complaint
    .replace(/^Run '.* --help' for more information$/m, '')
    .replace(/^See '.* --help'\.?$/m, '')
    .trim()

const isMissing = (complaint: string) =>
  /no such (?:container|object)|does not exist|no container with/i.test(complaint)

/** Nobody was there who could have refused. */
const isUnreachable = (complaint: string) =>
  /cannot connect to|connection refused|is the docker daemon running|failed to connect|unable to connect/i.test(
    complaint,
  )
