import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { PartitionDetail } from '../../../../../src/server/contract/index.js'
import { get, segment } from '../../../api/client.js'
import { Section } from '../../../design/page.js'
import { Loaded } from '../../../design/states.js'
import { Ago, exactTime } from '../../../design/text/time.js'
import { To } from '../../../design/text/to.js'

/** How one of them stands. */
export function OnePartition({ asset, partition }: { asset: string; partition: string }) {
  const query = useQuery({
    queryKey: ['partitions', asset, partition],
    queryFn: () => get<PartitionDetail>(`/assets/${segment(asset)}/partitions/${segment(partition)}`),
  })
  return (
    <Section title={partition}>
      <Loaded query={query}>
        {({ window, madeAt, failedAt, runId }) => (
          <Text size="sm">
            {window && `${exactTime(window.start)} to ${exactTime(window.end)} · `}
            {madeAt ? (
              <>
                made <Ago at={madeAt} />
              </>
            ) : (
              'never made'
            )}
            {failedAt && (
              <>
                {' '}
                · failed <Ago at={failedAt} />
              </>
            )}
            {runId && (
              <>
                {' '}
                ·{' '}
                <To to="/runs/$id" params={{ id: runId }} search={{}}>
                  its last run
                </To>
              </>
            )}
          </Text>
        )}
      </Loaded>
    </Section>
  )
}
