import { isJson } from '../../base/index.js'
import type { MessageRequest } from '../connectors/connector.js'
import { jsonElements, jsonMembers, jsonObject } from './exact-json.js'

/**
 * The value of `state` in a STATE message, as it was written, without the counts of the time. One with numbers of Python's that JSON does
 * not have (NaN) becomes a JSON string of it: warehouses keep nothing else.
 */
export function stateText(line: string): string {
  const state = jsonMembers(jsonMembers(line)?.get('state') ?? '{}') ?? new Map<string, string>()
  state.delete('sourceStats')
  state.delete('destinationStats')
  const text = jsonObject(state)
  return isJson(text) ? text : JSON.stringify(text)
}

/** A state as its source wrote it. @param text as `stateText` made it */
const asWritten = (text: string) => (text.startsWith('"') ? (JSON.parse(text) as string) : text)

/** The file that a source goes on from: a list of states. Undefined when there is none: then the option is left out. */
export function inputStates({
  streams,
  sharedState,
}: Pick<MessageRequest, 'streams' | 'sharedState'>): string | undefined {
  const states =
    sharedState === undefined
      ? streams.flatMap(({ state }) => (state === undefined ? [] : [asWritten(state)]))
      : [
          withoutStreams(
            asWritten(sharedState),
            streams.filter(({ isFromStart }) => isFromStart).map(({ stream }) => stream.name),
          ),
        ]
  const [only, ...more] = states
  // The oldest sources want the bare data back.
  const legacy = only !== undefined && more.length === 0 ? legacyData(only) : undefined
  return legacy ?? (states.length === 0 ? undefined : `[${states.join(',')}]`)
}

function legacyData(state: string): string | undefined {
  const members = jsonMembers(state)
  return members?.has('global') || members?.has('stream') ? undefined : members?.get('data')
}

/** A state of the whole connection, without the parts of the streams that are read from the start. */
function withoutStreams(state: string, names: readonly string[]): string {
  if (names.length === 0) return state
  const members = jsonMembers(state) ?? new Map<string, string>()
  const data = jsonMembers(members.get('data') ?? '')
  if (data && !members.has('global')) {
    // The oldest form: a member for each stream, by its name.
    for (const name of names) data.delete(name)
    members.set('data', jsonObject(data))
    return jsonObject(members)
  }
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
