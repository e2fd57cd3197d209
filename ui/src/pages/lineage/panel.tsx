import { Anchor, Badge, Button, Divider, Group, ScrollArea, Select, Skeleton, Stack, Text, Title } from '@mantine/core'
import { IconArrowLeft, IconArrowRight, IconExternalLink, IconFilter } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { AssetDetail, AssetSummary } from '../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { get, segment } from '../../api/client.js'
import { KindIcon, kindWords } from '../../design/kind.js'
import { MaterializeAsset } from '../../design/runs/materialize-asset.js'
import { ErrorBox } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, count } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { shownNames } from './select.js'

interface PanelProps {
  readonly asset: AssetSummary
  readonly onFocus: (key: string) => void
  readonly onFilter: (q: string) => void
  /** Shows only the way of one of its columns. */
  readonly onFollow: (column: string) => void
  readonly onFold: (group: string) => void
}

/** One asset beside the graph: what it is, how it fares, what is around it, what can be done. */
export function AssetPanel({ asset, onFocus, onFilter, onFollow, onFold }: PanelProps) {
  const query = useQuery({
    queryKey: ['asset', asset.key],
    queryFn: () => get<AssetDetail>(`/assets/${segment(asset.key)}`),
  })
  const detail = query.data
  const lastStep = detail?.lastStep
  const bad = detail?.checkList.filter((check) => check.status === 'failed' || check.status === 'warned') ?? []
  const { passed, warned, failed, unknown } = asset.checks
  const total = passed + warned + failed + unknown
  return (
    <Stack gap="sm">
      <Stack gap={4}>
        <Group gap={6} c="dimmed" fz="xs">
          <KindIcon kinds={asset.kinds} size={14} />
          {kindWords(asset.kinds)}
          <Anchor component="button" fz="xs" c="dimmed" title="Fold this group" onClick={() => onFold(asset.group)}>
            group {asset.group}
          </Anchor>
        </Group>
        <Title order={4} style={{ overflowWrap: 'anywhere' }}>
          {asset.key}
        </Title>
        <Group gap="xs">
          <Status value={asset.health} />
          <Text size="xs" c="dimmed">
            {asset.healthReason}
          </Text>
        </Group>
      </Stack>
      <Group gap="xs">
        {asset.isExecutable && <MaterializeAsset assetKey={asset.key} />}
        <Button
          size="xs"
          variant="default"
          leftSection={<IconExternalLink size={14} aria-hidden />}
          renderRoot={(props) => <Link to="/assets/$key" params={{ key: asset.key }} search={{}} {...props} />}
        >
          Open
        </Button>
      </Group>
      {detail?.lastError && <ErrorBox error={detail.lastError} />}
      {!detail?.lastError && lastStep?.status === 'skipped' && (
        <Text size="sm">The last run left it out: {lastStep.reason ?? 'something that it needs was not there.'}</Text>
      )}
      {asset.description && (
        <Text size="sm" lineClamp={6}>
          {asset.description}
        </Text>
      )}
      <Stack gap={4} fz="sm">
        {asset.rows !== undefined && <Fact name="Rows">{count(asset.rows)}</Fact>}
        {asset.isExecutable && (
          <Fact name="Materialized">
            <Ago at={asset.lastMaterializedAt} />
          </Fact>
        )}
        {total > 0 && (
          <Fact name="Checks">
            {count(passed)} of {count(total)} passed
          </Fact>
        )}
        {detail ? (
          <>
            <Fact name="Columns">{count(detail.columns.length)}</Fact>
            {detail.columns.length > 0 && (
              <Select
                size="xs"
                searchable
                aria-label="Follow a column"
                placeholder="Follow a column …"
                data={detail.columns.map(({ name }) => name)}
                value={null}
                onChange={(column) => column !== null && onFollow(column)}
              />
            )}
            {lastStep && (
              <Fact name="Last run">
                <Group gap={6} wrap="nowrap">
                  <Status
                    value={lastStep.status}
                    {...(lastStep.status === 'skipped' ? { label: 'left out', title: lastStep.reason } : {})}
                  />
                  <To to="/runs/$id" params={{ id: lastStep.runId }} search={{}} size="sm">
                    <Ago at={lastStep.at} />
                  </To>
                </Group>
              </Fact>
            )}
          </>
        ) : (
          <Skeleton height={40} />
        )}
        {asset.owners.length > 0 && <Fact name="Owners">{asset.owners.join(', ')}</Fact>}
        {asset.tags.length > 0 && (
          <Fact name="Tags">
            <Group gap={4}>
              {asset.tags.map((tag) => (
                <Badge key={tag} size="sm" variant="default" style={{ textTransform: 'none' }}>
                  {tag}
                </Badge>
              ))}
            </Group>
          </Fact>
        )}
      </Stack>
      {bad.map((check) => (
        <Group key={check.name} gap={6} wrap="nowrap" align="flex-start">
          <Status value={check.status} />
          <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
            {check.name}
            {check.message ? `: ${check.message}` : ''}
          </Text>
        </Group>
      ))}
      <Divider />
      {detail && (
        <>
          <Neighbourhood
            title="Upstream"
            assets={detail.upstream}
            onFocus={onFocus}
            onOnly={() => onFilter(`+${selectionWord(asset.key)}`)}
          />
          <Neighbourhood
            title="Downstream"
            assets={detail.downstream}
            onFocus={onFocus}
            onOnly={() => onFilter(`${selectionWord(asset.key)}+`)}
          />
        </>
      )}
    </Stack>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <Group gap="xs" justify="space-between" wrap="nowrap" align="flex-start">
      <Text size="sm" c="dimmed">
        {name}
      </Text>
      <div>{children}</div>
    </Group>
  )
}

interface NeighbourhoodProps {
  readonly title: 'Upstream' | 'Downstream'
  readonly assets: readonly AssetSummary[]
  readonly onFocus: (key: string) => void
  readonly onOnly: () => void
}

function Neighbourhood({ title, assets, onFocus, onOnly }: NeighbourhoodProps) {
  const nameOf = shownNames(assets.map(({ key }) => key))
  const Icon = title === 'Upstream' ? IconArrowLeft : IconArrowRight
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Group gap={4}>
          <Icon size={14} aria-hidden />
          <Text size="sm" fw={600}>
            {title} ({assets.length})
          </Text>
        </Group>
        {assets.length > 0 && (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconFilter size={12} aria-hidden />}
            title={`Show only this asset and all that is ${title.toLowerCase()} of it`}
            onClick={onOnly}
          >
            Only these
          </Button>
        )}
      </Group>
      <ScrollArea.Autosize mah={200}>
        {assets.map((one) => (
          <Group key={one.key} gap={6} wrap="nowrap" py={2}>
            <Status value={one.health} title={one.healthReason} />
            <Anchor
              component="button"
              size="sm"
              ta="left"
              style={{ overflowWrap: 'anywhere' }}
              title={one.key}
              onClick={() => onFocus(one.key)}
            >
              {nameOf(one.key)}
            </Anchor>
          </Group>
        ))}
      </ScrollArea.Autosize>
    </Stack>
  )
}
