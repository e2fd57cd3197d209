import type { ConnectionChangeView } from '../../../../../src/server/contract/index.js'
import { post } from '../../../api/client.js'
import type { CheckAnswer } from '../../../design/connections/check-answer.js'
import type { TestedEnd } from '../../new-connection/both-ends.js'

/**
 * Both ends of a connection as it would be. The streams go with each: those of the file may be none of the source's any more, and
 * which there are depends on the source.
 */
export function changedEnds(path: string, change: ConnectionChangeView): readonly [TestedEnd, TestedEnd] {
  const { before, source, destination, streams, schemaChanges } = change
  const loaded = { before, streams, schemaChanges }
  const ofSource = { ...loaded, source }
  const ofDestination = { ...loaded, destination, ...(streams ? { source } : {}) }
  return [
    {
      title: 'Source',
      key: JSON.stringify([source, streams?.map(({ name }) => name)]),
      test: () => post<CheckAnswer>(`${path}/check`, ofSource),
    },
    {
      title: 'Destination',
      key: JSON.stringify([destination, streams?.map(({ schema }) => schema)]),
      test: () => post<CheckAnswer>(`${path}/check-destination`, ofDestination),
    },
  ]
}
