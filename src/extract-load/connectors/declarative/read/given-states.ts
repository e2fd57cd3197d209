import { isMapping } from '../../../../base/index.js'
import type { Mapping } from '../../../declarative/component-contract.js'
import { extractLoadErrors } from '../../../errors.js'

/**
 * States as a file has them: by the names of their streams, or as the list of messages that a connector of Airbyte is given.
 * @throws MANIFEST_CONFIG_INVALID
 */
export function givenStates(value: unknown): Readonly<Record<string, Mapping>> {
  if (isMapping(value) && !('type' in value) && Object.values(value).every(isMapping))
    return value as Record<string, Mapping>
  const states = [value].flat().map((one) => {
    const stream = isMapping(one) && isMapping(one.stream) ? one.stream : {}
    const { stream_descriptor: descriptor, stream_state: state } = stream
    if (isMapping(descriptor) && typeof descriptor.name === 'string' && isMapping(state))
      return [descriptor.name, state] as const
    throw extractLoadErrors.create('MANIFEST_CONFIG_INVALID', {
      message: 'The file with the states is none.',
      hint: 'Write {"<stream>": {…}}, or a list of messages: [{"type": "STREAM", "stream": {"stream_descriptor": {"name": "…"}, "stream_state": {…}}}].',
    })
  })
  return Object.fromEntries(states)
}
