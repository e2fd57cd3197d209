import { jsonElements, jsonMembers } from '../protocol/exact-json.js'

/** The state of a connection. What its source wrote is kept to the letter: its numbers may be larger than JavaScript's. */
export interface AirbyteConnectionState {
  readonly type: 'global' | 'stream' | 'legacy' | 'not_set'
  readonly streams: readonly AirbyteStreamState[]
  /** JSON text: of `global`, what all streams share. */
  readonly shared?: string | undefined
  /** JSON text: of `legacy`, everything. */
  readonly legacy?: string | undefined
}

export interface AirbyteStreamState {
  readonly name: string
  readonly namespace?: string | undefined
  /** JSON text; undefined: the stream has none. */
  readonly state?: string | undefined
}

const types = ['global', 'stream', 'legacy', 'not_set'] as const

/** Reads what `POST /state/get` answers. @param text which is JSON @returns undefined where it is no state */
export function readStateAnswer(text: string): AirbyteConnectionState | undefined {
  const answer = jsonMembers(text)
  const type = types.find((one) => answer?.get('stateType') === JSON.stringify(one))
  if (!answer || !type) return undefined
  const global = jsonMembers(answer.get('globalState') ?? '')
  return {
    type,
    streams: streamsOf((type === 'global' ? global?.get('streamStates') : answer.get('streamState')) ?? ''),
    shared: type === 'global' ? present(global?.get('shared_state') ?? global?.get('sharedState')) : undefined,
    legacy: type === 'legacy' ? present(answer.get('state')) : undefined,
  }
}

function streamsOf(text: string): AirbyteStreamState[] {
  return (jsonElements(text) ?? []).flatMap((element) => {
    const members = jsonMembers(element)
    const descriptor = jsonMembers(members?.get('streamDescriptor') ?? '')
    const textOf = (key: string) => JSON.parse(descriptor?.get(key) ?? 'null') as unknown
    const [name, namespace] = [textOf('name'), textOf('namespace')]
    if (typeof name !== 'string') return []
    return [
      {
        name,
        namespace: typeof namespace === 'string' ? namespace : undefined,
        state: present(members?.get('streamState')),
      },
    ]
  })
}

const present = (text: string | undefined) => (text === undefined || text === 'null' ? undefined : text)
