import type { AirbyteServerOptions } from '../../../extract-load/index.js'
import { serverAddress } from '../server-address.js'
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

/** @throws IMPORT_URL_INVALID, AIRBYTE_…, IMPORT_… */
export async function readFacts(options: FactsOptions): Promise<AirbyteFacts> {
  const { server, from, connections: chosen, workspace, withStates, signal } = options
  if (server) {
    serverAddress(server.url, {
      example: 'http://localhost:8000',
      signIn: 'Say who asks with --username, and with the password in AIRBYTE_PASSWORD.',
    })
    return readServer({ ...server, chosen, workspace, withStates, signal })
  }
  return readFiles(from ?? '.', { chosen })
}
