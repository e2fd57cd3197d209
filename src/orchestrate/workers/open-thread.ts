import { Worker } from 'node:worker_threads'
import { neededMore, type OpenHost, workerFile } from './host-channel.js'

/** A thread of this process: started in no time, with a heap of its own. */
export const openThread: OpenHost = ({ heapMb, ...workerData }, { onMessage, onLost }) => {
  const worker = new Worker(workerFile, {
    workerData,
    stdout: true,
    stderr: true,
    resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: heapMb },
  })
  worker.on('message', onMessage)
  worker.on('error', (error: NodeJS.ErrnoException) =>
    onLost(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? neededMore(heapMb) : error.message),
  )
  worker.on('exit', (code) => onLost(`it ended with the exit code ${code}, as process.exit does`))
  // What the code prints comes as messages; this is what Node itself has to say.
  for (const stream of [worker.stdout, worker.stderr]) stream.resume()
  worker.unref()
  return {
    kind: 'thread',
    post: (message) => worker.postMessage(message),
    end: async () => {
      await worker.terminate()
    },
  }
}
