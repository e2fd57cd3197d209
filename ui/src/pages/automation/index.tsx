import { Button, Card, Group, Stack, Switch, Table, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { AutomationView, TestTick, TickView } from '../../../../src/server/contract/index.js'
import { get, post, put, segment } from '../../api/client.js'
import { Empty, ErrorBox, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago } from '../../design/time.js'
import { To } from '../../design/to.js'

export function AutomationPage() {
  const query = useQuery({
    queryKey: ['automation'],
    queryFn: () => get<{ automations: AutomationView[] }>('/automation'),
  })
  return (
    <Stack>
      <Title order={2}>Automation</Title>
      <Loaded query={query}>
        {({ automations }) =>
          automations.length === 0 ? (
            <Empty title="No schedules, no sensors">
              Add them to orchestration/definitions.ts, or a schedule to a connection.
            </Empty>
          ) : (
            automations.map((one) => <Automation key={one.name} automation={one} />)
          )
        }
      </Loaded>
    </Stack>
  )
}

function Automation({ automation }: { automation: AutomationView }) {
  const client = useQueryClient()
  const path = `/automation/${segment(automation.name)}`
  const change = useMutation({
    mutationFn: (isOn: boolean) => put(path, { isOn }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['automation'] }),
  })
  const test = useMutation({ mutationFn: () => post<TestTick>(`${path}/test`) })
  return (
    <Card withBorder>
      <Group justify="space-between">
        <Group gap="xs">
          <Switch
            checked={automation.isOn}
            onChange={(event) => change.mutate(event.currentTarget.checked)}
            aria-label={`${automation.name} on`}
          />
          <Text fw={600}>{automation.name}</Text>
          <Text size="sm" c="dimmed">
            {automation.type} ·{' '}
            {automation.cron
              ? `${automation.cron} (${automation.timezone})`
              : `every ${(automation.intervalMs ?? 0) / 1000} s`}
          </Text>
        </Group>
        <Button size="xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Test tick
        </Button>
      </Group>
      <Text size="sm">
        {automation.description} Target: {automation.target}
      </Text>
      {automation.nextTicks.length > 0 && (
        <Text size="sm" c="dimmed">
          Next: {automation.nextTicks.map((at) => new Date(at).toLocaleString()).join(' · ')}
        </Text>
      )}
      {test.data &&
        (test.data.error ? (
          <ErrorBox error={test.data.error} />
        ) : (
          <Text size="sm">
            Test: {test.data.status}
            {test.data.reason ? ` (${test.data.reason})` : ''}
            {test.data.selections.length > 0 ? `, would run ${test.data.selections.join('; ')}` : ''}
          </Text>
        ))}
      {automation.ticks.length === 0 ? (
        <Text size="sm" c="dimmed">
          No ticks yet.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={400} mah={220}>
          <Table>
            <Table.Tbody>
              {folded(automation.ticks).map(({ tick, times, since }) => (
                <Table.Tr key={tick.id}>
                  <Table.Td>
                    <Ago at={tick.at} />
                    {times > 1 && (
                      <Text span size="xs" c="dimmed">
                        {' '}
                        and {times - 1} times more since <Ago at={since} />
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Status value={tick.status} />
                  </Table.Td>
                  <Table.Td>{tick.reason}</Table.Td>
                  <Table.Td>
                    {tick.runIds.map((id) => (
                      <To key={id} to="/runs/$id" params={{ id }}>
                        run{' '}
                      </To>
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Card>
  )
}

/** Ticks of a sensor that found nothing, one after the other, are one line. Newest first, as the ticks are. */
function folded(ticks: readonly TickView[]): { tick: TickView; times: number; since: string }[] {
  const lines: { tick: TickView; times: number; since: string }[] = []
  for (const tick of ticks) {
    const last = lines.at(-1)
    const isSame =
      last && tick.status === 'skipped' && last.tick.status === 'skipped' && last.tick.reason === tick.reason
    if (isSame) {
      last.times++
      last.since = tick.at
    } else lines.push({ tick, times: 1, since: tick.at })
  }
  return lines
}
