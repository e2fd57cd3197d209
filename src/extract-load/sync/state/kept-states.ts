import type { Mapping } from '../../declarative/component-contract.js'
import type { OpenOptions } from '../../destinations/destination.js'
import { committedStates } from './sync-state.js'

/** From where the next sync goes on, by the names of the streams, as a manifest takes it. One that is read anew each time has none. */
export async function keptStates(options: OpenOptions): Promise<Readonly<Record<string, Mapping>>> {
  // Not with the lists of connectors: what reads states exactly comes with all that interprets manifests.
  const { streamState } = await import('../../connectors/declarative/read/stream-state.js')
  const goesOn = new Set(
    options.connection.streams.filter(({ syncMode }) => syncMode === 'incremental').map(({ name }) => name),
  )
  const states = (await committedStates(options)).filter(({ stream }) => goesOn.has(stream))
  return Object.fromEntries(
    states.flatMap(({ stream, state }) => {
      const own = state == null ? undefined : streamState(JSON.stringify(state))
      return own ? [[stream, own] as const] : []
    }),
  )
}
