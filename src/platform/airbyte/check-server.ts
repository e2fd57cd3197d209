import { plural, systemClock } from '../../base/index.js'
import { AirbyteServerClient, type CallOptions, whoAsks } from '../../extract-load/index.js'
import type { AirbyteServer } from '../contract.js'

/** Who answers at the address of a server, whom it takes us for, and what we see. @throws AIRBYTE_… */
export async function checkServer(server: AirbyteServer, options: CallOptions = {}): Promise<string> {
  const asked = { ...options, once: true }
  const client = new AirbyteServerClient({ ...server, clock: systemClock, timeoutMs: answersWithinMs })
  // What needs no rights comes first: an address that is wrong is no wrong password.
  await client.health(asked)
  const [workspaces, { version }] = await Promise.all([client.workspaces(asked), client.instance(asked)])
  const names = workspaces.map(({ name, workspaceId }) => name ?? workspaceId)
  const shown = names.slice(0, namesShown).join(', ') + (names.length > namesShown ? ', …' : '')
  const seen = names.length === 0 ? 'who sees no workspace' : `who sees ${plural(names.length, 'workspace')}: ${shown}`
  return `${version === undefined ? '' : `${version} `}at ${server.url} answers ${whoAsks(server.credentials)}, ${seen}`
}

const answersWithinMs = 10_000
const namesShown = 5
