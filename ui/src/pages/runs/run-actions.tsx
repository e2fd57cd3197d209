import { Button, Menu, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import type { RunSummary } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { ConfirmButton } from '../../design/confirm-button.js'
import { againWords, useRerun } from '../../design/runs/rerun.js'
import { plural } from '../../design/text/time.js'
import { isActive } from './run-table.js'

/** Cancel what goes on, run again what is over. */
export function RunActions({ run }: { run: RunSummary }) {
  const client = useQueryClient()
  const mayAct = useMay('editor')
  const rerun = useRerun(run)
  if (!mayAct) return null
  if (isActive(run)) {
    const { running, retrying, succeeded, ...counts } = run.stepCounts
    const pending = counts.pending + counts.waiting
    return (
      <ConfirmButton
        size="compact-xs"
        label="Cancel"
        disabled={run.status === 'cancelling'}
        title={`Cancel run ${run.id.slice(-8)}?`}
        confirm="Cancel the run"
        isDangerous
        onConfirm={async () => {
          await post(`/runs/${run.id}/cancel`)
          await client.invalidateQueries({ queryKey: ['runs'] })
        }}
      >
        <Text>
          {running + retrying > 0 && `${plural(running + retrying, 'running step')} will be stopped. `}
          {pending > 0 && `${plural(pending, 'step')} will not start. `}
          {succeeded > 0 && `What ${plural(succeeded, 'step')} made stays. `}
          {running + retrying + pending === 0 && 'It has not started yet, and will not.'}
        </Text>
      </ConfirmButton>
    )
  }
  const { failed, skipped, cancelled } = run.stepCounts
  const open = failed + skipped + cancelled
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button
            size="compact-xs"
            variant="default"
            loading={rerun.isPending}
            rightSection={<IconChevronDown size={12} aria-hidden />}
            aria-label={`Re-run ${run.id.slice(-8)}`}
          >
            Re-run
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {open > 0 && (
            <Menu.Item onClick={() => rerun.ask({ mode: 'from_failure' })}>
              What did not succeed ({plural(open, 'step')}){againWords(run)}
            </Menu.Item>
          )}
          <Menu.Item onClick={() => rerun.ask({ mode: 'all' })}>All of it{againWords(run)}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {rerun.dialog}
    </>
  )
}
