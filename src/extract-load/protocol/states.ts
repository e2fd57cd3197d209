import type { MessageRequest } from '../connectors/connector.js'
import { jsonElements, jsonMembers, jsonObject } from './exact-json.js'

/** The value of `state` in a STATE message, as it was written, without the counts of the time. */
export function stateText(line: string): string {
  const state = jsonMembers(jsonMembers(line)?.get('state') ?? '{}') ?? new Map<string, string>()
  state.delete('sourceStats')
  state.delete('destinationStats')
  return jsonObject(state)
}

/** The file that a source goes on from: a list of states. Undefined when there is none: then the option is left out. */
export function inputStates({ streams, sharedState }: MessageRequest): string | undefined {
  const states =
    sharedState === undefined
      ? streams.map(({ state }) => state).filter((state) => state !== undefined)
      : [
          withoutStreams(
            sharedState,
            streams.filter(({ startsOver }) => startsOver).map(({ stream }) => stream.name),
          ),
        ]
  return states.length === 0 ? undefined : `[${states.join(',')}]`
}

/** A state of the whole connection, without the parts of the streams that start over. */
function withoutStreams(state: string, names: readonly string[]): string {
  if (names.length === 0) return state
  const members = jsonMembers(state) ?? new Map<string, string>()
  const global = jsonMembers(members.get('global') ?? '')
  const parts = jsonElements(global?.get('stream_states') ?? '')
  if (!global || !parts) return state
  const kept = parts.filter((part) => {
    const descriptor = jsonMembers(jsonMembers(part)?.get('stream_descriptor') ?? '')
    const textOf = (key: string) => JSON.parse(descriptor?.get(key) ?? 'null') as string | null
    const [name, namespace] = [textOf('name'), textOf('namespace')]
    return !names.includes(name ?? '') && !names.includes(`${namespace}.${name}`)
  })
  global.set('stream_states', `[${kept.join(',')}]`)
  members.set('global', jsonObject(global))
  return jsonObject(members)
}
