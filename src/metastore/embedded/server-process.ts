import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isProcessAlive, type Logger, systemClock } from '../../base/index.js'
import { type Access, urlOf } from './access-file.js'
import { identity } from './as-nobody.js'
import { answers } from './ask-server.js'
import type { PostgresBinaries } from './binaries.js'
import { type FailedStart, lastLines, logFile } from './failed-start.js'

export const startTimeoutMs = 30_000

/** Small: the store of one team is small, and everything together should fit a laptop. */
const smallSettings = {
  shared_buffers: '16MB',
  max_connections: '40',
  max_wal_size: '128MB',
  min_wal_size: '32MB',
  autovacuum_naptime: '30s',
  jit: 'off',
  max_parallel_workers: '0',
  max_worker_processes: '1',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  log_timezone: 'UTC',
  timezone: 'UTC',
}

interface ServerOptions {
  readonly dataDir: string
  readonly logger: Logger
  /** Besides or instead of the usual small ones. */
  readonly settings?: Readonly<Record<string, string>> | undefined
}

/** Answers once the server does. */
export async function startServer(
  { dataDir, logger, settings }: ServerOptions,
  { postgres }: PostgresBinaries,
  access: Access,
): Promise<{ readonly pid: number } | FailedStart> {
  const log = logFile(dataDir)
  const output = openSync(log, 'w', 0o600)
  const args = [
    '-D',
    dataDir,
    '-p',
    String(access.port),
    ...Object.entries({ ...smallSettings, ...settings }).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]
  // A session of its own: it outlives a killed parent, and Ctrl-C in the terminal does not reach it.
  const child = spawn(postgres, args, { stdio: ['ignore', output, output], detached: true, cwd: '/', ...identity })
  closeSync(output)
  let exit: string | undefined
  child.on('error', (error) => {
    exit = error.message
  })
  child.on('exit', (code) => {
    exit = `exit code ${code}`
  })
  child.unref()
  const deadline = systemClock.monotonicMs() + startTimeoutMs
  while (exit === undefined && systemClock.monotonicMs() < deadline) {
    if (await answers(urlOf(access), 1_000)) {
      logger.debug('Embedded PostgreSQL started', { pid: child.pid, port: access.port })
      return { pid: child.pid as number }
    }
    await systemClock.sleep(25)
  }
  if (exit === undefined) child.kill('SIGQUIT')
  const lastWords = lastLines(await readFile(log, 'utf8').catch(() => ''))
  return { reason: exit ?? 'it did not answer in time', lastWords }
}

/** SIGINT is PostgreSQL's fast shutdown: transactions are rolled back, everything is written. */
export async function endProcess(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!isProcessAlive(pid)) return
    process.kill(pid, signal)
    const deadline = systemClock.monotonicMs() + 10_000
    while (isProcessAlive(pid) && systemClock.monotonicMs() < deadline) await systemClock.sleep(20)
  }
}
