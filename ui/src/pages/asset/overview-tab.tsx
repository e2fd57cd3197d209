import { Code, Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import type { AssetDetail, AssetSummary } from '../../../../src/server/contract/index.js'
import { Status, statusIcon } from '../../design/status.js'
import { To } from '../../design/to.js'
import { Plot } from './plot.js'

export function OverviewTab({ asset }: { asset: AssetDetail }) {
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
          Columns are known once it was materialized, or described in YAML.
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
                  <Table.Td>
                    {column.tests?.map((test) => (
                      <TestName key={test} name={test} asset={asset} />
                    ))}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Stack>
  )
}

/** A test by its kind, with its last status: `not_null` of `not_null_mart_x_day`. */
function TestName({ name, asset }: { name: string; asset: AssetDetail }) {
  const status = asset.checkList.find((check) => check.name === name)?.status ?? 'unknown'
  const table = asset.key.split('/').at(-1) ?? ''
  const kind = name.includes(`_${table}`) ? name.slice(0, name.indexOf(`_${table}`)) : name
  return (
    <Text size="xs" title={`${name}: ${status}`}>
      {statusIcon(status)} {kind}
    </Text>
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
