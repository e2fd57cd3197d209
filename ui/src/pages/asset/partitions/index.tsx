import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { AssetDetail, AssetPartitions } from '../../../../../src/server/contract/index.js'
import { get, segment } from '../../../api/client.js'
import { Needs } from '../../../design/needs.js'
import { Backfills } from '../../../design/runs/backfills.js'
import { Loaded } from '../../../design/states.js'
import { PartitionBar } from './bar.js'
import type { Choice } from './choice.js'
import { Legend } from './legend.js'
import { Matrix } from './matrix.js'
import { NewBackfill } from './new-backfill.js'
import { NoPartition } from './no-partition.js'
import { OnePartition } from './one-partition.js'
import { PartitionRange } from './partition-range.js'

const route = getRouteApi('/assets/$key')

/** Which partitions were made, and a backfill of those that were not. */
export function PartitionsTab({ asset }: { asset: AssetDetail }) {
  const { partition, partitions } = route.useSearch()
  const navigate = useNavigate()
  const [area, setArea] = useState<Choice>()
  const isMatrix = (asset.partitionDimensions ?? 1) > 1
  const inAddress =
    partition !== undefined
      ? { text: partition, key: partition }
      : partitions === undefined
        ? undefined
        : { text: partitions }
  const choice: Choice | undefined = isMatrix ? area : inAddress
  const choose = ({ text, key }: Choice) =>
    void navigate({
      to: '/assets/$key',
      params: { key: asset.key },
      search: (now) => ({ ...now, partition: key, partitions: key === undefined ? text : undefined }),
      replace: true,
      resetScroll: false,
    })
  return (
    <Stack gap="lg">
      {isMatrix ? (
        <Matrix asset={asset} onChoose={setArea} />
      ) : (
        <Line asset={asset} choice={choice} onChoose={choose} />
      )}
      {choice?.key !== undefined && <OnePartition asset={asset.key} partition={choice.key} />}
      <Needs least="editor">
        <NewBackfill key={choice?.text} asset={asset.key} partitions={choice?.text} />
      </Needs>
      <Backfills asset={asset.key} />
    </Stack>
  )
}

interface LineProps {
  readonly asset: AssetDetail
  readonly choice: Choice | undefined
  readonly onChoose: (choice: Choice) => void
}

function Line({ asset, choice, onChoose }: LineProps) {
  const query = useQuery({
    queryKey: ['partitions', asset.key],
    queryFn: () => get<AssetPartitions>(`/assets/${segment(asset.key)}/partitions`),
  })
  return (
    <Loaded query={query}>
      {(partitions) =>
        partitions.size === 0 ? (
          <NoPartition />
        ) : (
          <div>
            <Legend asset={asset} size={partitions.size} counts={partitions.counts} />
            <PartitionBar asset={asset.key} partitions={partitions} choice={choice} onChoose={onChoose} />
            {choice !== undefined && choice.key === undefined && (
              <PartitionRange key={choice.text} range={choice.text} partitions={partitions} onChoose={onChoose} />
            )}
          </div>
        )
      }
    </Loaded>
  )
}
