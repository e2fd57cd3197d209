import { Button, Grid, Skeleton, Stack, Tabs, Text } from '@mantine/core'
import { IconSitemap } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { AssetDetail } from '../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { get, segment } from '../../api/client.js'
import { agesMs } from '../../api/live.js'
import { KindIcon, kindWords } from '../../design/kind.js'
import { Page } from '../../design/page.js'
import { MaterializeAsset } from '../../design/runs/materialize-asset.js'
import { Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { ChecksTab } from './checks-tab.js'
import { CodeTab } from './code-tab.js'
import { ConditionsTab } from './conditions-tab.js'
import { EventsTab } from './events-tab.js'
import { Facts } from './facts.js'
import { OverviewTab } from './overview-tab.js'
import { PartitionsTab } from './partitions/index.js'
import { RowsTab } from './rows-tab.js'
import { RunsTab } from './runs-tab.js'
import { Why } from './why.js'

const route = getRouteApi('/assets/$key')

export function AssetPage() {
  const { key } = route.useParams()
  const query = useQuery({
    queryKey: ['asset', key],
    queryFn: () => get<AssetDetail>(`/assets/${segment(key)}`),
    refetchInterval: agesMs,
  })
  return (
    <Loaded query={query} skeleton={<Shape />}>
      {(asset) => <Content key={asset.key} asset={asset} />}
    </Loaded>
  )
}

function Content({ asset }: { asset: AssetDetail }) {
  const { tab } = route.useSearch()
  const navigate = useNavigate()
  const hasCondition = asset.automation.some(({ type }) => type === 'automation')
  const bad = asset.checkList.filter((check) => check.status === 'failed').length
  return (
    <Page
      title={asset.key}
      aside={<Status value={asset.health} title={asset.healthReason} isFilled />}
      lead={<Lead asset={asset} />}
      actions={
        <>
          <Button
            variant="default"
            leftSection={<IconSitemap size={14} aria-hidden />}
            renderRoot={(props) => (
              <Link to="/lineage" search={{ q: `+${selectionWord(asset.key)}+`, at: asset.key }} {...props} />
            )}
          >
            Lineage
          </Button>
          {asset.isExecutable && <MaterializeAsset assetKey={asset.key} />}
        </>
      }
    >
      <Why asset={asset} />
      {asset.description && (
        <Text maw={860} style={{ whiteSpace: 'pre-line' }}>
          {asset.description.trim()}
        </Text>
      )}
      <Facts asset={asset} />
      <Tabs
        value={tab ?? 'overview'}
        onChange={(value) =>
          void navigate({
            to: '/assets/$key',
            params: { key: asset.key },
            search: { tab: value === 'overview' ? undefined : (value ?? undefined) },
            resetScroll: false,
          })
        }
        keepMounted={false}
      >
        <Tabs.List mb="md" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
          <Tabs.Tab value="overview">Overview</Tabs.Tab>
          {asset.relation && <Tabs.Tab value="rows">Rows</Tabs.Tab>}
          {asset.partitions && <Tabs.Tab value="partitions">Partitions</Tabs.Tab>}
          {hasCondition && <Tabs.Tab value="automation">Automation</Tabs.Tab>}
          <Tabs.Tab value="checks">
            Checks ({bad > 0 ? `${bad} of ${asset.checkList.length} fail` : asset.checkList.length})
          </Tabs.Tab>
          <Tabs.Tab value="runs">Runs</Tabs.Tab>
          <Tabs.Tab value="events">Events</Tabs.Tab>
          {asset.code && <Tabs.Tab value="code">Code</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="overview">
          <OverviewTab asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="rows">
          <RowsTab asset={asset} />
        </Tabs.Panel>
        {asset.partitions && (
          <Tabs.Panel value="partitions">
            <PartitionsTab asset={asset} />
          </Tabs.Panel>
        )}
        {hasCondition && (
          <Tabs.Panel value="automation">
            <ConditionsTab asset={asset} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="checks">
          <ChecksTab asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          <RunsTab asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="events">
          <EventsTab asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="code">
          <CodeTab asset={asset} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

/** What it is, whose, and where it is written. */
function Lead({ asset }: { asset: AssetDetail }) {
  const { file, line } = asset.source ?? {}
  const connection = asset.origin?.connection
  return (
    <span style={{ display: 'inline-flex', alignItems: 'center', gap: 6, flexWrap: 'wrap' }}>
      <KindIcon kinds={asset.kinds} />
      {kindWords(asset.kinds)} · group{' '}
      <Link to="/lineage" search={{ q: `group:${selectionWord(asset.group)}` }} style={{ color: 'var(--accent)' }}>
        {asset.group}
      </Link>
      {connection && (
        <>
          · connection{' '}
          <Link to="/connections/$name" params={{ name: connection }} style={{ color: 'var(--accent)' }}>
            {connection}
          </Link>
        </>
      )}
      {asset.owners.length > 0 && <span>· owned by {asset.owners.join(', ')}</span>}
      {asset.tags.length > 0 && <span>· {asset.tags.map((tag) => `#${tag}`).join(' ')}</span>}
      {file && (
        <span style={{ overflowWrap: 'anywhere' }}>
          · {file}
          {line === undefined ? '' : `:${line}`}
        </span>
      )}
    </span>
  )
}

function Shape() {
  return (
    <Stack>
      <Skeleton height={28} width={320} />
      <Skeleton height={16} width="50%" />
      <Skeleton height={72} />
      <Grid>
        <Grid.Col span={8}>
          <Skeleton height={320} />
        </Grid.Col>
        <Grid.Col span={4}>
          <Skeleton height={320} />
        </Grid.Col>
      </Grid>
    </Stack>
  )
}
