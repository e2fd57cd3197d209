import { Badge, Button, Code, Group, SimpleGrid, Stack, Table, Tabs, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiTable, AssetDetail, AssetSummary } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { DataTable } from '../../design/data-table.js'
import { MaterializeButton } from '../../design/materialize-button.js'
import { Empty, ErrorBox, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, count } from '../../design/time.js'
import { To } from '../../design/to.js'
import { Plot } from './plot.js'

const route = getRouteApi('/assets/$key')

export function AssetPage() {
  const { key } = route.useParams()
  const query = useQuery({ queryKey: ['asset', key], queryFn: () => get<AssetDetail>(`/assets/${segment(key)}`) })
  return <Loaded query={query}>{(asset) => <Content asset={asset} />}</Loaded>
}

function Content({ asset }: { asset: AssetDetail }) {
  return (
    <Stack>
      <Group justify="space-between">
        <Group gap="xs">
          <Title order={2} style={{ wordBreak: 'break-all' }}>
            {asset.key}
          </Title>
          <Status value={asset.health} title={asset.healthReason} />
        </Group>
        {asset.isExecutable && (
          <Group gap="xs">
            <MaterializeButton selection={asset.key} />
            <MaterializeButton selection={`+${asset.key}`} label="With upstream" />
            <MaterializeButton selection={`${asset.key}+`} label="With downstream" />
          </Group>
        )}
      </Group>
      <Group gap={6}>
        {asset.kinds.map((kind) => (
          <Badge key={kind} variant="outline" color="gray" style={{ textTransform: 'none' }}>
            {kind}
          </Badge>
        ))}
        <Text size="sm" c="dimmed">
          group {asset.group}
          {asset.owners.length > 0 ? ` · owned by ${asset.owners.join(', ')}` : ''}
          {asset.source ? ` · ${asset.source.file}${asset.source.line ? `:${asset.source.line}` : ''}` : ''}
        </Text>
      </Group>
      {asset.healthReason && <Text size="sm">{asset.healthReason}</Text>}
      {asset.lastError && <ErrorBox error={asset.lastError} />}
      {asset.description && <Text>{asset.description}</Text>}
      <Text size="sm" c="dimmed">
        {asset.rows === undefined ? '' : `${count(asset.rows)} rows · `}materialized{' '}
        <Ago at={asset.lastMaterializedAt} />
      </Text>
      <Tabs defaultValue="overview" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          {asset.relation && <Tabs.Tab value="rows">Rows</Tabs.Tab>}
          <Tabs.Tab value="checks">Checks ({asset.checkList.length})</Tabs.Tab>
          <Tabs.Tab value="events">Events</Tabs.Tab>
          {asset.code && <Tabs.Tab value="code">Code</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="overview" pt="sm">
          <OverviewTab asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="rows" pt="sm">
          <Rows asset={asset.key} />
        </Tabs.Panel>
        <Tabs.Panel value="checks" pt="sm">
          <Checks asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="events" pt="sm">
          <Events asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="code" pt="sm">
          <CodeTab asset={asset} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}

function OverviewTab({ asset }: { asset: AssetDetail }) {
  return (
    <Stack>
      {asset.plots.length > 0 && (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
          {asset.plots.map((plot) => (
            <Plot key={plot.name} name={plot.name} points={plot.points} />
          ))}
        </SimpleGrid>
      )}
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Neighbours title="Upstream" assets={asset.upstream} />
        <Neighbours title="Downstream" assets={asset.downstream} />
      </SimpleGrid>
      <Title order={4}>Columns</Title>
      {asset.columns.length === 0 ? (
        <Text size="sm" c="dimmed">
          No columns are documented.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={400}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Column</Table.Th>
                <Table.Th>Type</Table.Th>
                <Table.Th>Description</Table.Th>
                <Table.Th>Tests</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {asset.columns.map((column) => (
                <Table.Tr key={column.name}>
                  <Table.Td>
                    <Code>{column.name}</Code>
                  </Table.Td>
                  <Table.Td>{column.type}</Table.Td>
                  <Table.Td>{column.description}</Table.Td>
                  <Table.Td>{column.tests?.length ?? 0}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  )
}

function Neighbours({ title, assets }: { title: string; assets: readonly AssetSummary[] }) {
  return (
    <Stack gap={4}>
      <Title order={4}>{title}</Title>
      {assets.length === 0 && (
        <Text size="sm" c="dimmed">
          none
        </Text>
      )}
      {assets.map((one) => (
        <Group key={one.key} gap="xs">
          <Status value={one.health} title={one.healthReason} />
          <To to="/assets/$key" params={{ key: one.key }} size="sm">
            {one.key}
          </To>
        </Group>
      ))}
    </Stack>
  )
}

function Rows({ asset }: { asset: string }) {
  const query = useQuery({
    queryKey: ['sample', asset],
    queryFn: () => get<ApiTable>(`/assets/${segment(asset)}/sample?limit=50`),
  })
  return (
    <Loaded query={query}>
      {(table) => (table.rows.length === 0 ? <Empty title="The table is empty" /> : <DataTable table={table} />)}
    </Loaded>
  )
}

function Checks({ asset }: { asset: AssetDetail }) {
  if (asset.checkList.length === 0)
    return <Empty title="No checks">Add tests to the model in YAML, or a check in definitions.ts.</Empty>
  return (
    <Table.ScrollContainer minWidth={500}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Check</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Last</Table.Th>
            <Table.Th>Message</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {asset.checkList.map((check) => (
            <Table.Tr key={check.name}>
              <Table.Td style={{ wordBreak: 'break-all' }}>
                {check.name}
                {check.isBlocking ? '' : ' (does not block)'}
              </Table.Td>
              <Table.Td>
                <Status value={check.status} />
              </Table.Td>
              <Table.Td>
                <Ago at={check.at} />
              </Table.Td>
              <Table.Td style={{ whiteSpace: 'pre-wrap' }}>{check.message}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Events({ asset }: { asset: AssetDetail }) {
  if (asset.events.length === 0) return <Empty title="Nothing happened yet" />
  return (
    <Table.ScrollContainer minWidth={500}>
      <Table>
        <Table.Tbody>
          {asset.events.map((event) => (
            <Table.Tr key={event.id}>
              <Table.Td>
                <Ago at={event.at} />
              </Table.Td>
              <Table.Td>
                {event.type.replaceAll('_', ' ')}
                {event.check ? ` ${event.check}` : ''}
              </Table.Td>
              <Table.Td>
                {Object.entries(event.metadata ?? {})
                  .filter(([, value]) => typeof value === 'number' || typeof value === 'string')
                  .map(([name, value]) => `${name} ${typeof value === 'number' ? count(value) : String(value)}`)
                  .join(' · ')}
                {event.message ? ` ${event.message}` : ''}
              </Table.Td>
              <Table.Td>
                <To to="/runs/$id" params={{ id: event.runId }}>
                  run
                </To>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function CodeTab({ asset }: { asset: AssetDetail }) {
  const [isCompiled, setCompiled] = useState(false)
  return (
    <Stack gap="xs">
      {asset.compiledCode && (
        <Group>
          <Button size="xs" variant="default" onClick={() => setCompiled(!isCompiled)}>
            {isCompiled ? 'Show source' : 'Show compiled SQL'}
          </Button>
        </Group>
      )}
      <Code block>{isCompiled ? asset.compiledCode : asset.code?.text}</Code>
    </Stack>
  )
}
