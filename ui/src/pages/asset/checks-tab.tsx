import { Accordion, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconDatabaseSearch } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { AssetDetail, CheckWithHistory } from '../../../../src/server/contract/index.js'
import { Strip } from '../../design/runs/strip.js'
import { Empty } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, exactTime } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { CheckHistory } from './check-history.js'

const order = ['failed', 'warned', 'unknown', 'passed'] as const

/** Every check with its latest outcomes; the ones that need a look first. */
export function ChecksTab({ asset }: { asset: AssetDetail }) {
  if (asset.checkList.length === 0)
    return (
      <Empty title="No checks">
        Add <Code>data_tests</Code> to the model's columns in YAML, or a <Code>check()</Code> in definitions.ts: what
        needs this asset then only runs on data that holds.
      </Empty>
    )
  const checks = [...asset.checkList].sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
  const failed = checks.filter((check) => check.status === 'failed').map((check) => check.name)
  return (
    <Accordion multiple variant="contained" chevronPosition="left" defaultValue={failed.slice(0, 1)}>
      {checks.map((check) => (
        <Accordion.Item key={check.name} value={check.name}>
          <Accordion.Control>
            <Group gap="md" wrap="nowrap">
              <div style={{ width: 88, flexShrink: 0 }}>
                <Status value={check.status} />
              </div>
              <Text size="sm" flex={1} style={{ overflowWrap: 'anywhere' }}>
                {check.name}
                {!check.isBlocking && (
                  <Text span size="xs" c="dimmed">
                    {' '}
                    (does not block)
                  </Text>
                )}
              </Text>
              <Text size="xs" c="dimmed" visibleFrom="sm" style={{ whiteSpace: 'nowrap' }}>
                <Ago at={check.at} />
              </Text>
            </Group>
          </Accordion.Control>
          <Accordion.Panel>
            <CheckBody check={check} />
          </Accordion.Panel>
        </Accordion.Item>
      ))}
    </Accordion>
  )
}

function CheckBody({ check }: { check: CheckWithHistory }) {
  const sql = check.metadata?.compiled_sql
  const text = typeof sql === 'object' && sql?.type === 'sql' ? sql.text.trim() : undefined
  const { runId, badPartitions } = check
  return (
    <Stack gap="xs">
      {check.description && <Text size="sm">{check.description}</Text>}
      <Text size="sm" c="dimmed">
        {[
          check.column && `on column ${check.column}`,
          check.isBlocking ? 'what needs the asset waits for it' : undefined,
          check.partitions && `asked last of ${check.partitions}`,
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
      {check.message && <Text size="sm">{check.message}</Text>}
      {check.history.length > 0 && (
        <Group gap="md">
          <Strip
            label={`The last ${check.history.length} outcomes of ${check.name}`}
            marks={[...check.history].reverse().map(({ at, status, runId: run, partitions, message }, i) => ({
              key: `${run} ${at} ${i}`,
              status,
              title: [`${status}, ${exactTime(at)}`, partitions, message].filter(Boolean).join(': '),
              runId: run,
            }))}
          />
          {runId && (
            <To to="/runs/$id" params={{ id: runId }} search={{}} size="sm">
              its last run
            </To>
          )}
          {badPartitions && badPartitions.runId !== runId && (
            <To to="/runs/$id" params={{ id: badPartitions.runId }} search={{}} size="sm">
              the last run that it failed
            </To>
          )}
        </Group>
      )}
      {check.history.length > 0 && <CheckHistory check={check} />}
      {text !== undefined && (
        <>
          <Code block mah={220} style={{ overflow: 'auto' }}>
            {text}
          </Code>
          <Group>
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<IconDatabaseSearch size={14} aria-hidden />}
              renderRoot={(props) => <Link to="/query" search={{ sql: text, run: true }} {...props} />}
            >
              Show the rows that break it
            </Button>
          </Group>
        </>
      )}
    </Stack>
  )
}
