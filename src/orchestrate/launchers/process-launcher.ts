import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { redact, signalGroup } from '../../base/index.js'
import { type RunLauncher, type RunWorker, type RunWorkerState, runWorkerOf } from '../contract/index.js'
import { lastWords } from './last-words.js'
import { launchFailed } from './launch-failed.js'
import { metastoreVariable, runWorkerArguments } from './run-worker-command.js'
import type { LauncherSurroundings } from './settings.js'

const dayMs = 24 * 3600_000
/** So much of a log is read for its last lines. */
const mostReadBytes = 64 * 1024
/** What a process that is no child of `millrace up` must not take over. */
const notForRunWorkers = ['MILLRACE_ADMIN_PASSWORD', 'NODE_CHANNEL_FD']

/**
 * Each run in a process of its own on this machine, in a process group of its own: it goes on when the process that launched it ends.
 * Who launched it sees how it ended; to any other process it is unknown, and its lease tells.
 */
export class ProcessLauncher implements RunLauncher {
  readonly type = 'process'
  readonly pollMs = 250
  /** How long one has to give its run back before it is ended. */
  readonly graceMs: number = 10_000
  readonly #surroundings: LauncherSurroundings
  readonly #children = new Map<string, ChildProcess>()

  constructor(surroundings: LauncherSurroundings) {
    this.#surroundings = surroundings
  }

  describe(name: string): string {
    return `process ${name}`
  }

  async launch(worker: RunWorker): Promise<void> {
    const { name } = worker
    if (this.#children.has(name)) return
    const { ownCommand, env, metastoreUrl, logDir } = this.#surroundings
    const [file = '', ...args] = [...ownCommand, ...runWorkerArguments(worker)]
    await mkdir(logDir, { recursive: true, mode: 0o700 })
    // Not a pipe: that would break when this process ends, and with it the run worker.
    const log = await open(this.#log(name), 'a', 0o600)
    try {
      const variables: Record<string, string | undefined> = { ...env, [metastoreVariable]: metastoreUrl }
      for (const one of notForRunWorkers) delete variables[one]
      const child = spawn(file, args, { env: variables, stdio: ['ignore', log.fd, log.fd], detached: true })
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', (cause) =>
          reject(launchFailed(`The process ${name} could not be started: ${cause.message}`, { cause })),
        )
      })
      child.unref()
      this.#children.set(name, child)
    } finally {
      await log.close()
    }
  }

  async state(name: string): Promise<RunWorkerState> {
    const child = this.#children.get(name)
    if (!child) return { status: 'unknown' }
    const { exitCode, signalCode } = child
    if (exitCode === null && signalCode === null) return { status: 'running' }
    const how = signalCode === null ? `ended with exit code ${exitCode}` : `was ended by the signal ${signalCode}`
    const said = exitCode === 0 ? '' : lastWords(await endOf(this.#log(name)).catch(() => ''))
    return {
      status: 'ended',
      reason: redact(`${how}${said}`),
      isKilled: signalCode !== null,
      exitCode: exitCode ?? undefined,
    }
  }

  async terminate(name: string): Promise<void> {
    const child = this.#children.get(name)
    if (child?.exitCode === null && child.signalCode === null) {
      child.ref()
      const exit = once(child, 'exit')
      signalGroup(child.pid, 'SIGTERM')
      const killer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), this.graceMs)
      // Waited for: who launches may itself end now, and nobody would send the second signal.
      await exit
      clearTimeout(killer)
    }
    await this.forget(name)
  }

  async forget(name: string): Promise<void> {
    this.#children.delete(name)
    await rm(this.#log(name), { force: true })
  }

  /** What run workers wrote whose launcher did not live to read it. */
  async tidy(): Promise<void> {
    const { logDir, clock } = this.#surroundings
    for (const file of await readdir(logDir).catch(() => [])) {
      const path = join(logDir, file)
      const isOld = clock.now().getTime() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? 0) > dayMs
      if (runWorkerOf(file.replace(/\.log$/, '')) && isOld) await rm(path, { force: true })
    }
  }

  #log(name: string): string {
    return join(this.#surroundings.logDir, `${name}.log`)
  }
}

/** Of a file that may be as long as its run. */
async function endOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const buffer = Buffer.alloc(Math.min(size, mostReadBytes))
    const { bytesRead } = await file.read(buffer, 0, buffer.length, size - buffer.length)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
