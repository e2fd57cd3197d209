import type { RecordRun } from '../../src/extract-load/connectors/connector.js'
import { RecordRuns } from '../../src/extract-load/protocol/record-runs.js'

/** Records of the stream `s` with a field `id`, as they come from a connector, in one block. */
export function recordRun(ids: readonly number[]): RecordRun {
  const lines = ids.map((id) =>
    JSON.stringify({ type: 'RECORD', record: { stream: 's', data: { id }, emitted_at: 1 } }),
  )
  const block = Buffer.from(lines.join('\n'))
  const runs = new RecordRuns(({ name }) => name)
  let start = 0
  for (const { length } of lines) {
    runs.add(block, start, start + length)
    start += length + 1
  }
  const [message] = runs.take()
  if (message?.type !== 'records') throw new Error('no records')
  return message.records
}
