import { Badge, Group, Stack, Tabs, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { AssetDetail } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { MaterializeButton } from '../../design/materialize-button.js'
import { ErrorBox, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, count } from '../../design/time.js'
import { ChecksTab } from './checks-tab.js'
import { CodeTab } from './code-tab.js'
import { EventsTab } from './events-tab.js'
import { OverviewTab } from './overview-tab.js'
import { RowsTab } from './rows-tab.js'

const route = getRouteApi('/assets/$key')

export function AssetPage() {
  const { key } = route.useParams()
  const query = useQuery({ queryKey: ['asset', key], queryFn: () => get<AssetDetail>(`/assets/${segment(key)}`) })
  return <Loaded query={query}>{(asset) => <Content asset={asset} />}</Loaded>
}

function Content({ asset }: { asset: AssetDetail }) {
  const { tab } = route.useSearch()
  const navigate = useNavigate()
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
            <MaterializeButton selection={`+${asset.key}`} label="With upstream" variant="default" />
            <MaterializeButton selection={`${asset.key}+`} label="With downstream" variant="default" />
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
      <Tabs
        value={tab ?? 'overview'}
        onChange={(value) =>
          void navigate({
            to: '/assets/$key',
            params: { key: asset.key },
            search: { tab: value === 'overview' ? undefined : (value ?? undefined) },
          })
        }
        keepMounted={false}
      >
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
          <RowsTab asset={asset.key} />
        </Tabs.Panel>
        <Tabs.Panel value="checks" pt="sm">
          <ChecksTab asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="events" pt="sm">
          <EventsTab asset={asset} />
        </Tabs.Panel>
        <Tabs.Panel value="code" pt="sm">
          <CodeTab asset={asset} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}
