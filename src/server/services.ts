import type { Clock } from '../base/index.js'
import type { Definitions, OrchestrateStore } from '../orchestrate/index.js'
import type { Engine, Project } from '../platform/index.js'
import type { Actor } from './access/index.js'
import { serverErrors } from './errors.js'
import type { StateCache } from './views/state-cache.js'

/** What routes work with. */
export interface Services {
  readonly project: Project
  readonly store: OrchestrateStore
  readonly states: StateCache
  readonly engine: Engine
  readonly version: string
  readonly clock: Pick<Clock, 'now' | 'monotonicMs'>
  /** Aborts when the server is to end. */
  readonly signal: AbortSignal
  /** Whether connections may be made here: they name programs and files of this machine. */
  readonly canEditConnections: (actor: Actor) => boolean
  /** An environment variable of the server that holds the secret of a webhook. */
  readonly secret: (name: string) => string | undefined
  /** When the daemon last did its round, here or elsewhere. */
  readonly daemonLoopAt: () => Promise<Date | undefined>
}

/** @throws SERVER_NOT_READY */
export async function definitionsOf({ store }: Services): Promise<Definitions> {
  const definitions = await store.readDefinitions()
  if (definitions) return definitions
  throw serverErrors.create('SERVER_NOT_READY', {
    message: 'The engine is still reading the project.',
    hint: 'Try again in a moment; /api/health shows what runs.',
  })
}
