import { existsSync } from 'node:fs'
import { grouped } from '../../base/index.js'
import type { ProjectNames } from '../contract/index.js'
import type { FromWorker, ToWorker } from './messages.js'

/** What the code of a project is loaded with, wherever it runs. */
export interface HostSettings {
  readonly file: string
  readonly projectDir: string
  /** Where is kept what was made of the code; without it, that is made anew each time. */
  readonly keptIn?: string | undefined
  readonly names?: ProjectNames | undefined
  readonly heapMb: number
}

/** The way to something that has definitions.ts loaded. */
export interface HostChannel {
  readonly kind: 'thread' | 'process'
  post(message: ToWorker): void
  /** Ends it, whatever it does. */
  end(): Promise<void>
}

export interface HostEvents {
  readonly onMessage: (message: FromWorker) => void
  /** It has ended and was not asked to. */
  readonly onLost: (why: string) => void
}

export type OpenHost = (settings: HostSettings, events: HostEvents) => HostChannel

const bundled = new URL('../../worker/orchestrate/workers/user-worker.js', import.meta.url)
/** The file that both kinds start with: of a whole build the one with all of its modules in it (scripts/bundle.mjs). */
export const workerFile = existsSync(bundled) ? bundled : new URL('./user-worker.js', import.meta.url)

export const neededMore = (heapMb: number): string => `it needed more than ${grouped(heapMb)} MB of memory`
