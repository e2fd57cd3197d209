import type { Mapping } from '../../../declarative/component-contract.js'
import { readJson, writeJson } from '../../../declarative/index.js'
import { jsonMembers } from '../../../protocol/exact-json.js'

/**
 * The manifest's own part of a state that was committed: what a connector of Airbyte's committed goes on here, and the other way round.
 * @param text exact JSON, as a STATE message has it
 */
export function streamState(text: string | undefined): Mapping | undefined {
  if (text === undefined) return undefined
  const members = jsonMembers(text)
  // The oldest form has the bare state.
  const own = jsonMembers(members?.get('stream') ?? '')?.get('stream_state') ?? members?.get('data')
  const state = own === undefined ? undefined : readJson(own)
  return typeof state === 'object' && state !== null ? (state as Mapping) : undefined
}

export const stateText = (stream: string, state: Mapping): string =>
  `{"type":"STREAM","stream":{"stream_descriptor":{"name":${JSON.stringify(stream)}},"stream_state":${writeJson(state)}}}`
