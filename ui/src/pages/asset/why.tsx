import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconFileText, IconLoader2 } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { AssetDetail } from '../../../../src/server/contract/index.js'
import { ErrorBox } from '../../design/states.js'
import { Ago } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { WhyNot } from './why-not.js'

/** What stands between a person and trusting this asset: the latest failure, failing checks, why it did not run. */
export function Why({ asset }: { asset: AssetDetail }) {
  const { lastError, lastStep, inProgressRunId } = asset
  const failing = asset.checkList.filter((check) => check.status === 'failed')
  return (
    <>
      {inProgressRunId && (
        <Alert variant="light" color="blue" icon={<IconLoader2 size={18} className="spin" aria-hidden />} py="xs">
          A run is at it now:{' '}
          <To to="/runs/$id" params={{ id: inProgressRunId }} search={{}} inherit>
            watch it
          </To>
        </Alert>
      )}
      {lastError && (
        <Stack gap={6}>
          <Group justify="space-between" gap="xs">
            <Text size="sm" c="dimmed">
              The last attempt failed
              {lastStep ? (
                <>
                  {' '}
                  <Ago at={lastStep.at} />
                </>
              ) : (
                ''
              )}
              {asset.lastMaterializedAt ? '; what is shown below is older.' : '.'}
            </Text>
            {lastStep && (
              <Button
                variant="default"
                size="compact-xs"
                leftSection={<IconFileText size={13} aria-hidden />}
                renderRoot={(props) => <Link to="/runs/$id" params={{ id: lastStep.runId }} search={{}} {...props} />}
              >
                Open its run
              </Button>
            )}
          </Group>
          <ErrorBox error={lastError} />
        </Stack>
      )}
      {failing.length > 0 && (
        <ErrorBox
          error={{
            code: 'CHECK_FAILED',
            kind: 'user',
            retryable: false,
            message: `${failing[0]?.name}: ${failing[0]?.message ?? 'it does not hold'}${failing.length > 1 ? ` (and ${failing.length - 1} more)` : ''}`,
            hint: failing.some((check) => check.isBlocking)
              ? `The Checks tab has ${failing[0]?.metadata?.compiled_sql ? 'the rows that break it' : 'what it found, and its history'}. While it fails, what needs this asset is not built in the same run.`
              : 'The Checks tab has what it found, and its history. It holds nothing up.',
          }}
        />
      )}
      <WhyNot asset={asset} />
    </>
  )
}
