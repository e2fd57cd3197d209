import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { isSameProcess, processStart, systemClock } from '../../base/index.js'
import { linesAtEnd, logFile, makeRoomInLog } from './log-file.js'
import { managerFailed } from './manager-failed.js'
import type { Cancellable, Service, ServiceManager, ServiceState } from './service-manager.js'

/** What ends in order gives its runs back to the queue; afterwards nobody waits for it any more. */
const stopMs = 60_000
const pollMs = 50

/** What every program of a session has, and what it cannot do without. */
const ofTheSession = ['HOME', 'USER', 'LOGNAME', 'SHELL', 'TMPDIR', 'XDG_RUNTIME_DIR', 'XDG_CONFIG_HOME']
const ofWindows = ['SystemRoot', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TEMP', 'TMP', 'PATHEXT', 'COMSPEC']

const pidSchema = z.object({ pid: z.number().int().positive(), started: z.string() })

/** A process of a session of its own, for machines that offer nothing else. Who it is stands in a file. */
export class DetachedManager implements ServiceManager {
  readonly kind = 'detached'

  isUsable = async () => true
  title = () => 'process of its own'
  logs = (service: Service) => logFile(service)

  async start(service: Service, options?: Cancellable): Promise<void> {
    await this.#stop(service, options)
    await mkdir(service.folder, { recursive: true })
    await makeRoomInLog(service)
    const [program = '', ...args] = service.command
    const log = await open(logFile(service), 'a', 0o600)
    try {
      const child = spawn(program, args, {
        cwd: service.dir,
        env: { ...sessionEnv(), ...service.env },
        stdio: ['ignore', log.fd, log.fd],
        detached: true,
        windowsHide: true,
      })
      try {
        await once(child, 'spawn')
      } catch (error) {
        throw managerFailed(program, { code: undefined, stdout: '', stderr: (error as Error).message })
      }
      child.unref()
      const { pid = 0 } = child
      await writeFile(pidFile(service), JSON.stringify({ pid, started: processStart(pid) }))
    } finally {
      await log.close()
    }
  }

  async state(service: Service): Promise<ServiceState> {
    const known = await readPid(service)
    if (!known) return { isInstalled: false, isRunning: false, why: 'it was not started' }
    if (isSameProcess(known)) return { isInstalled: true, isRunning: true, pid: known.pid }
    return {
      isInstalled: true,
      isRunning: false,
      why: `process ${known.pid} is gone: it was killed, it failed, or the machine was started again`,
    }
  }

  lastLines = (service: Service, count: number) => linesAtEnd(logFile(service), count)

  async remove(service: Service, options?: Cancellable): Promise<void> {
    await this.#stop(service, options)
    await rm(pidFile(service), { force: true })
  }

  async remarks(): Promise<readonly string[]> {
    return [
      'It goes on when you log out, and does not come back by itself when it dies or the machine is started again: `millrace local install` starts it once more.',
    ]
  }

  async #stop(service: Service, options?: Cancellable): Promise<void> {
    const known = await readPid(service)
    if (!known || !isSameProcess(known)) return
    signalProcess(known.pid, 'SIGTERM')
    for (const untilMs = systemClock.monotonicMs() + stopMs; systemClock.monotonicMs() < untilMs; ) {
      if (!isSameProcess(known)) return
      await systemClock.sleep(pollMs, options)
    }
    signalProcess(known.pid, 'SIGKILL')
  }
}

const pidFile = ({ folder }: Service) => join(folder, 'millrace.pid')

async function readPid(service: Service) {
  try {
    return pidSchema.parse(JSON.parse(await readFile(pidFile(service), 'utf8')))
  } catch {
    // There is none, or only half of one.
    return undefined
  }
}

function sessionEnv(): NodeJS.ProcessEnv {
  const names = process.platform === 'win32' ? [...ofTheSession, ...ofWindows] : ofTheSession
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}
