import { Button, Group, Menu, Tooltip } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconChevronDown, IconPlayerStop, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RunDetail } from '../../../../src/server/contract/index.js'
import { post } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { againWords, useRerun } from '../../design/runs/rerun.js'
import { asApiError } from '../../design/states.js'
import { plural } from '../../design/text/time.js'
import { outcomeOf, stepTitle } from './steps.js'

interface ActionsProps {
  readonly run: RunDetail
  readonly isActive: boolean
  readonly picked: ReadonlySet<string> | undefined
  readonly onPicking: (isOn: boolean) => void
}

const mostNamed = 5

function namesOf(steps: RunDetail['steps']): string {
  const names = steps.slice(0, mostNamed).map(stepTitle).join(', ')
  return steps.length > mostNamed ? `${names} and ${steps.length - mostNamed} more` : names
}

const complain = (thrown: unknown) => {
  const { message, hint } = asApiError(thrown)
  notifications.show({ color: 'red', title: message, message: hint })
}

/** Cancel while it goes on; afterwards run again: what did not succeed, all, or what is picked. */
export function Actions({ run, isActive, picked, onPicking }: ActionsProps) {
  const client = useQueryClient()
  const rerun = useRerun(run)
  const cancel = useMutation({
    mutationFn: () => post(`/runs/${run.id}/cancel`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['run', run.id] }),
    onError: complain,
  })
  const mayAct = useMay('editor')
  if (!mayAct) return null
  const count = (status: string) => run.steps.filter((step) => outcomeOf(step) === status).length
  const unfinished = run.steps.filter((step) => outcomeOf(step) !== 'succeeded')
  if (isActive)
    return (
      <Tooltip
        label={`Stops ${plural(count('running'), 'running step')}; ${count('pending')} more will not start. What is done stays, and can be gone on from.`}
      >
        <Button
          color="red"
          variant="light"
          leftSection={<IconPlayerStop size={14} aria-hidden />}
          loading={cancel.isPending || run.status === 'cancelling'}
          onClick={() => cancel.mutate()}
        >
          Cancel
        </Button>
      </Tooltip>
    )
  if (picked)
    return (
      <Group gap="xs">
        <Button variant="default" onClick={() => onPicking(false)}>
          Cancel
        </Button>
        <Button
          disabled={picked.size === 0}
          loading={rerun.isPending}
          leftSection={<IconRefresh size={14} aria-hidden />}
          onClick={() => rerun.ask({ mode: 'steps', steps: [...picked] })}
        >
          {picked.size === 0 ? 'Pick steps below' : `Re-run ${plural(picked.size, 'picked step')}${againWords(run)}`}
        </Button>
        {rerun.dialog}
      </Group>
    )
  return (
    <Group gap="xs">
      {run.status !== 'succeeded' && (
        <Tooltip
          label={`Runs the ${plural(unfinished.length, 'step')} that did not succeed, in a new run: ${namesOf(unfinished)}. The ${count('succeeded')} others stay as they are.`}
        >
          <Button
            loading={rerun.isPending}
            leftSection={<IconRefresh size={14} aria-hidden />}
            onClick={() => rerun.ask({ mode: 'from_failure' })}
          >
            Re-run from failure{againWords(run)}
          </Button>
        </Tooltip>
      )}
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
            Re-run …
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => rerun.ask({ mode: 'all' })}>
            All {plural(run.steps.length, 'step')}
            {againWords(run)}
          </Menu.Item>
          <Menu.Item disabled={run.steps.length === 0} onClick={() => onPicking(true)}>
            Picked steps …
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {rerun.dialog}
    </Group>
  )
}
