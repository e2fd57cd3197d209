import { VisuallyHidden } from '@mantine/core'
import type { AssetSummary } from '../../../../src/server/contract/index.js'
import { statusIcon } from '../status.js'
import { count } from '../text/time.js'

type PartitionCounts = NonNullable<AssetSummary['partitionCounts']>

/** `25 of 30 made, 2 failed, 3 missing`. */
export function partitionWords({ made, failed, missing }: PartitionCounts): string {
  const rest = [failed > 0 && `${count(failed)} failed`, missing > 0 && `${count(missing)} missing`].filter(Boolean)
  return [`${count(made)} of ${count(made + failed + missing)} made`, ...rest].join(', ')
}

/** The same where there is little room: `✓ 25 ✕ 2 ○ 3`. */
export function PartitionMarks({ counts }: { counts: PartitionCounts }) {
  const { made, failed, missing } = counts
  return (
    <span title={`Partitions: ${partitionWords(counts)}`} style={{ whiteSpace: 'nowrap' }}>
      <VisuallyHidden>partitions: {partitionWords(counts)}</VisuallyHidden>
      <span aria-hidden>
        {statusIcon('fresh')} {count(made)}
        {failed > 0 && (
          <span style={{ color: 'var(--mantine-color-red-text)' }}>
            {' '}
            {statusIcon('failed')} {count(failed)}
          </span>
        )}
        {missing > 0 && ` ${statusIcon('never')} ${count(missing)}`}
      </span>
    </span>
  )
}
