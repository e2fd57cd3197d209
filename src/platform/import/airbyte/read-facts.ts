import type { AirbyteServerOptions } from '../../../extract-load/index.js'
import type { AirbyteFacts } from './airbyte-facts.js'
import { readFiles } from './read-files.js'
import { readServer } from './read-server.js'

export interface FactsOptions {
  /** A running server, or files: one of them. */
  readonly server?: AirbyteServerOptions | undefined
  readonly from?: string | undefined
  /** Names or ids; all when left out. */
  readonly connections?: readonly string[] | undefined
  readonly workspace?: string | undefined
  readonly withStates: boolean
  readonly signal?: AbortSignal | undefined
}

export async function readFacts(options: FactsOptions): Promise<AirbyteFacts> {
  const { server, from, connections: chosen, workspace, withStates, signal } = options
  if (server) return readServer({ ...server, chosen, workspace, withStates, signal })
  return readFiles(from ?? '.', { chosen })
}
