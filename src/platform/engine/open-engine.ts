import { join } from 'node:path'
import { acquireFileLock, isLock, systemClock } from '../../base/index.js'
import type { Engine, Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { prepareStateFolder } from '../project/state-folder.js'
import type { LocalEngine } from './local-engine.js'
import { connectEngine } from './remote/client.js'
import { hostEngine } from './remote/host.js'
import { socketPath } from './remote/socket-path.js'

const pollMs = 50

export interface OpenEngineOptions {
  readonly signal?: AbortSignal | undefined
  /** Shown to others who find the project in use. */
  readonly command: string
  /** How long to wait for a holder of the lock that does not answer yet. */
  readonly patienceMs: number
  /** Called once when somebody else holds the project and this process waits. */
  readonly onWait?: ((holder: { pid: number; command: string }) => void) | undefined
  /** True for `millrace up`'s engine: it must be the engine itself, so it waits until the project is free. */
  readonly mustOwn?: boolean | undefined
  readonly create: () => LocalEngine
}

/**
 * The engine of this project: the one that runs already, asked over its socket, or a new one in this process, which
 * then serves other commands too until they are done. So two commands on one project never fight for the file.
 * @throws ENGINE_BUSY when a process holds the project and never answers.
 */
export async function openProjectEngine(project: Project, options: OpenEngineOptions): Promise<Engine> {
  const path = socketPath(project)
  const deadline = systemClock.monotonicMs() + options.patienceMs
  let hasTold = false
  for (;;) {
    if (!options.mustOwn) {
      const client = await connectEngine(path)
      if (client) return client
    }
    await prepareStateFolder(project)
    const outcome = await acquireFileLock(join(project.stateDir, 'engine.lock'), { command: options.command })
    if (isLock(outcome)) {
      const engine = options.create()
      try {
        return hosted(engine, await hostEngine(engine, path), outcome.release)
      } catch (error) {
        await outcome.release()
        throw error
      }
    }
    if (!hasTold && systemClock.monotonicMs() > deadline - options.patienceMs + 500) {
      hasTold = true
      options.onWait?.({ pid: outcome.pid, command: String(outcome.command) })
    }
    if (systemClock.monotonicMs() > deadline)
      throw platformErrors.create('ENGINE_BUSY', {
        message: `\`${outcome.command}\` (process ${outcome.pid}) holds the project ${project.name} and does not answer.`,
        hint: `Wait until it ends, or end it (kill ${outcome.pid}), and try again.`,
      })
    await systemClock.sleep(pollMs, { signal: options.signal })
  }
}

/** Closing first lets the other clients finish, then frees the socket, the warehouse and the lock, in this order. */
function hosted(
  engine: LocalEngine,
  host: { drain(): Promise<void>; close(): Promise<void> },
  release: () => Promise<void>,
): Engine {
  const close = engine.close.bind(engine)
  let closing: Promise<void> | undefined
  engine.close = () => {
    closing ??= (async () => {
      await host.drain()
      await host.close()
      await close()
      await release()
    })()
    return closing
  }
  return engine
}
