import { Code } from '@mantine/core'
import { Empty } from '../../../design/states.js'

export function NoPartition() {
  return (
    <Empty title="No partition yet">
      The first window of time has to end, or a key has to be added with <Code>millrace partitions add</Code>.
    </Empty>
  )
}
