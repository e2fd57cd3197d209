import { Button, Grid, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { AssetDetail, AssetFieldsView, AssetSummary } from '../../../../src/server/contract/index.js'
import { FieldLineage } from '../../design/field-lineage.js'
import { Section } from '../../design/page.js'
import { Plot, plotTitle, withUnit } from '../../design/plot.js'
import { Status, StatusIcon } from '../../design/status.js'
import { ColumnName, testKind, useAssetFields } from '../../design/tables/column-cells.js'
import { DataGrid, type GridColumn } from '../../design/tables/data-grid.js'
import { Ago, brief } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { Metadata } from './metadata.js'

/** What people look at first, first; anything else that is a number comes after. */
const firstPlots = ['rows', 'rows_committed', 'duration_ms', 'bytes_read', 'rows_affected']
const plotsAtOnce = 3

export function OverviewTab({ asset }: { asset: AssetDetail }) {
  return (
    <Stack gap="md">
      {Object.keys(asset.metadata).length > 0 && (
        <Section title="As its definition says">
          <Stack gap={6}>
            <Metadata metadata={asset.metadata} />
          </Stack>
        </Section>
      )}
      <Plots asset={asset} />
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Columns asset={asset} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <Neighbours title="Upstream" assets={asset.upstream} none="Nothing: here the data comes in." />
            <Neighbours title="Downstream" assets={asset.downstream} none="Nothing needs it." />
          </Stack>
        </Grid.Col>
      </Grid>
    </Stack>
  )
}

function Plots({ asset }: { asset: AssetDetail }) {
  const [isAll, setAll] = useState(false)
  const navigate = useNavigate()
  const rank = (name: string) => (firstPlots.includes(name) ? firstPlots.indexOf(name) : firstPlots.length)
  const plots = asset.plots.filter((plot) => !isEcho(plot, asset.plots)).sort((a, b) => rank(a.name) - rank(b.name))
  if (plots.length === 0) return null
  return (
    <Stack gap="xs">
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md">
        {plots.slice(0, isAll ? undefined : plotsAtOnce).map(({ name, points }) => (
          <Section key={name} title={plotTitle(name)} aside={<b>{withUnit(name, points.at(-1)?.value ?? 0)}</b>}>
            <Plot
              name={name}
              points={points}
              onOpen={(i) => {
                // What was reported from outside belongs to no run.
                const id = points[i]?.runId
                if (id) void navigate({ to: '/runs/$id', params: { id }, search: {} })
              }}
            />
          </Section>
        ))}
      </SimpleGrid>
      {plots.length > plotsAtOnce && (
        <Group>
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(!isAll)}>
            {isAll ? 'Fewer plots' : `${plots.length - plotsAtOnce} more plots`}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

type Series = AssetDetail['plots'][number]

/** dbt's own row count says for a whole table what `rows` says already. */
function isEcho(plot: Series, all: readonly Series[]): boolean {
  const rows = all.find((one) => one.name === 'rows')
  return plot.name === 'rows_affected' && JSON.stringify(rows?.points) === JSON.stringify(plot.points)
}

function Columns({ asset }: { asset: AssetDetail }) {
  const fields = useAssetFields(asset.relation === undefined ? undefined : asset.key)
  return (
    <Section title={`Columns${asset.columns.length > 0 ? ` (${asset.columns.length})` : ''}`} isFlush>
      {asset.columns.length === 0 ? (
        <Text size="sm" c="dimmed" p="md">
          {!asset.relation
            ? 'It is no table of the warehouse.'
            : asset.kinds.includes('typescript')
              ? `The Rows tab shows them${asset.lastMaterializedAt ? '.' : ', once it was materialized.'}`
              : 'They are known once it was materialized, or when YAML describes them.'}
        </Text>
      ) : (
        <DataGrid
          label={`Columns of ${asset.key}`}
          columns={columnsOf(asset, fields.data)}
          minWidth={620}
          rows={asset.columns}
          rowKey={(column) => column.name}
        />
      )}
    </Section>
  )
}

function columnsOf(
  asset: AssetDetail,
  fields: AssetFieldsView | undefined,
): readonly GridColumn<AssetDetail['columns'][number]>[] {
  const lineage = new Map(fields?.columns.map((field) => [field.name.toLowerCase(), field]))
  const hasTests = asset.columns.some((column) => column.tests?.length)
  return [
    {
      key: 'name',
      title: 'Column',
      value: (column) => column.name,
      cell: ({ name, type }) => <ColumnName name={name} type={type} />,
    },
    {
      key: 'description',
      title: 'Description',
      isFlexible: true,
      cell: ({ description }) => description && <Text size="sm">{description}</Text>,
    },
    ...(hasTests
      ? [
          {
            key: 'tests',
            title: 'Tests',
            cell: (column: AssetDetail['columns'][number]) =>
              column.tests?.map((test) => <TestName key={test} name={test} asset={asset} />),
          },
        ]
      : []),
    ...(lineage.size === 0
      ? []
      : [
          {
            key: 'lineage',
            title: 'Lineage',
            width: 260,
            cell: (column: AssetDetail['columns'][number]) => {
              const field = lineage.get(column.name.toLowerCase())
              return field && <FieldLineage field={field} asset={asset.key} />
            },
          },
        ]),
  ]
}

/** A test by its kind, with its last status: `not_null` of `not_null_mart_x_day`. */
function TestName({ name, asset }: { name: string; asset: AssetDetail }) {
  const status = asset.checkList.find((check) => check.name === name)?.status ?? 'unknown'
  const table = asset.key.split('/').at(-1) ?? ''
  const kind = testKind(name, table)
  return (
    <Group gap={4} wrap="nowrap" title={`${name}: ${status}`} aria-label={`${kind}: ${status}`}>
      <StatusIcon value={status} size={13} />
      <Text size="xs" style={{ whiteSpace: 'nowrap' }}>
        {kind}
      </Text>
    </Group>
  )
}

function Neighbours({ title, assets, none }: { title: string; assets: readonly AssetSummary[]; none: string }) {
  return (
    <Section title={`${title}${assets.length > 0 ? ` (${assets.length})` : ''}`} isFlush>
      {assets.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          {none}
        </Text>
      )}
      <Stack gap={0} py={assets.length > 0 ? 6 : 0} mah={320} style={{ overflow: 'auto' }}>
        {assets.map((one) => (
          <Group key={one.key} gap="xs" px="md" py={4} wrap="nowrap" title={one.healthReason}>
            <To to="/assets/$key" params={{ key: one.key }} search={{}} size="sm" truncate flex={1}>
              {one.key}
            </To>
            <Text size="xs" c="dimmed" className="digits" style={{ whiteSpace: 'nowrap' }}>
              {one.rows === undefined ? '' : `${brief(one.rows)} rows · `}
              {one.lastMaterializedAt && <Ago at={one.lastMaterializedAt} isShort />}
            </Text>
            <Status value={one.health} />
          </Group>
        ))}
      </Stack>
    </Section>
  )
}
