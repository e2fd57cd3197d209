import { parentPort, workerData } from 'node:worker_threads'
import type { ProjectNames } from '../contract/index.js'
import type { FromWorker, ToWorker } from './messages.js'
import type { Place } from './own-folders.js'

/** Inside of a thread, or a process, that has the code of a project: where that lies, and the way to who started it. */
export interface ThisHost {
  readonly place: Place & { readonly names?: ProjectNames | undefined; readonly keptIn?: string | undefined }
  /** @param then called when it is on its way */
  readonly send: (message: FromWorker, then?: () => void) => void
  readonly receive: (listener: (message: ToWorker) => void) => void
}

export async function hostOfThis(): Promise<ThisHost> {
  if (parentPort) {
    const port = parentPort
    return {
      place: workerData as ThisHost['place'],
      send: (message, then) => {
        port.postMessage(message)
        if (then) setImmediate(then)
      },
      receive: (listener) => port.on('message', listener),
    }
  }
  // Whoever started this process is gone, and with it the run's claim on the step.
  process.once('disconnect', () => process.exit(1))
  // A message that nobody listens to is lost: what comes before there is a listener waits.
  const early: ToWorker[] = []
  const place = await new Promise<ThisHost['place']>((resolve) => {
    process.once('message', (first) => {
      process.on('message', keep)
      resolve(first as ThisHost['place'])
    })
  })
  function keep(message: unknown): void {
    early.push(message as ToWorker)
  }
  return {
    place,
    send: (message, then) => void process.send?.(message, () => then?.()),
    receive: (listener) => {
      process.off('message', keep)
      process.on('message', listener)
      for (const message of early.splice(0)) listener(message)
    },
  }
}
