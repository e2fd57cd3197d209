import { Group, Text, UnstyledButton } from '@mantine/core'
import type { CSSProperties } from 'react'
import type { AssetDetail, AssetPartitions } from '../../../../../src/server/contract/index.js'
import { count, plural } from '../../../design/text/time.js'
import classes from './partitions.module.css'
import { statuses, statusFills, statusWords } from './statuses.js'

type Status = (typeof statuses)[number]

/** How many there are of each status; where `onNext` is given each leads to the next one of it. */
export function Legend({
  asset,
  size,
  counts,
  onNext,
}: {
  asset: AssetDetail
  size: number
  counts: AssetPartitions['counts']
  onNext?: (status: Status) => void
}) {
  return (
    <Group gap="md" mb="xs">
      <Text size="sm">
        {plural(size, 'partition')} ({asset.partitions})
      </Text>
      {statuses
        .filter((status) => counts[status] > 0)
        .map((status) => {
          const words = (
            <>
              <span
                className={classes.swatch}
                data-status={status}
                style={{ '--fill': statusFills[status] } as CSSProperties}
              />
              {count(counts[status])} {statusWords[status]}
            </>
          )
          return onNext ? (
            <UnstyledButton
              key={status}
              className={classes.next}
              title={`Go to the next one that is ${statusWords[status]}`}
              onClick={() => onNext(status)}
            >
              {words}
            </UnstyledButton>
          ) : (
            <Text key={status} size="sm">
              {words}
            </Text>
          )
        })}
    </Group>
  )
}
