import { Text } from '@mantine/core'
import type { RunDetail } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { count } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'

const mostShown = 20
const mostLetters = 300

/** Which partitions a run was to make and did not; the others of it are made. */
export function FailedPartitions({ failed }: { failed: RunDetail['failedPartitions'] }) {
  return (
    <Section title="Partitions that were not made">
      {failed.slice(0, mostShown).map(({ asset, partitions }) => (
        <Text key={asset} size="sm" style={{ overflowWrap: 'anywhere' }} title={partitions}>
          <To to="/assets/$key" params={{ key: asset }} search={{ tab: 'partitions' }} inherit>
            {asset}
          </To>
          : {partitions.length > mostLetters ? `${partitions.slice(0, mostLetters)} …` : partitions}
        </Text>
      ))}
      {failed.length > mostShown && <Text size="sm">and of {count(failed.length - mostShown)} more assets</Text>}
    </Section>
  )
}
