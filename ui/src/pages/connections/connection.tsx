import { Alert, Button, Code, Group, Tabs, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ApiError, ConnectionDetail } from '../../../../src/server/contract/index.js'
import { get, post, segment } from '../../api/client.js'
import { MaterializeButton } from '../../design/materialize-button.js'
import { Page, Section } from '../../design/page.js'
import { asApiError, Empty, ErrorBox, Lines, Loaded, TableShape } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, brief, bytes, clockTime, count, exactTime, zoneName } from '../../design/time.js'
import { RunTable } from '../runs/run-table.js'
import { AcceptButton } from './accept-button.js'
import classes from './connections.module.css'
import { FullRefresh } from './full-refresh.js'
import { SchemaChanges } from './schema-changes.js'
import { StreamTable } from './stream-table.js'
import { SyncButton } from './sync-button.js'
import { Syncs } from './syncs.js'
import { Timeline } from './timeline.js'

const route = getRouteApi('/connections/$name')

export function ConnectionPage() {
  const { name } = route.useParams()
  const query = useQuery({
    queryKey: ['connection', name],
    queryFn: () => get<ConnectionDetail>(`/connections/${segment(name)}`),
  })
  return (
    <Loaded
      query={query}
      skeleton={
        <Page title={name}>
          <Section>
            <Lines number={2} />
          </Section>
          <Section title="Streams" isFlush>
            <TableShape rows={3} />
          </Section>
        </Page>
      }
    >
      {(data) => <Content connection={data} />}
    </Loaded>
  )
}

function Content({ connection }: { connection: ConnectionDetail }) {
  const check = useMutation({
    mutationFn: () =>
      post<{ status: string; message?: string; error?: ApiError }>(`/connections/${segment(connection.name)}/check`),
  })
  const selection = connection.streams.map((stream) => `${stream.asset}+`).join(' ')
  const failed = connection.streams.filter((stream) => stream.lastError)
  const paused = failed.filter((stream) => stream.lastError?.code === 'SCHEMA_CHANGE_PAUSED')
  return (
    <Page
      title={connection.name}
      tabTitle={`${connection.name} · Connections`}
      aside={<Status value={connection.late && connection.health === 'fresh' ? 'late' : connection.health} />}
      lead={
        <>
          {connection.sourceConnector} → {connection.destinationConnector}
          {connection.destinationSchema !== undefined && `, schema ${connection.destinationSchema}`} · {connection.file}
        </>
      }
      actions={
        <>
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            Check
          </Button>
          <FullRefresh connection={connection} />
          {connection.downstream > 0 && (
            <MaterializeButton selection={selection} label="Sync with downstream" variant="default" />
          )}
          <SyncButton connection={connection} variant="filled" />
        </>
      }
    >
      {check.error && <ErrorBox error={asApiError(check.error)} />}
      {check.data?.error && <ErrorBox error={check.data.error} />}
      {check.data && !check.data.error && (
        <Alert variant="default" withCloseButton onClose={check.reset} py="xs">
          <Status value={check.data.status} label={`The source can be read. ${check.data.message ?? ''}`} />
        </Alert>
      )}
      {failed.map((stream) => stream.lastError && <ErrorBox key={stream.name} error={stream.lastError} />)}
      {paused.length > 0 && (
        <Group gap="xs">
          {paused.map((stream) => (
            <AcceptButton key={stream.name} connection={connection.name} stream={stream.name} />
          ))}
        </Group>
      )}
      <Section>
        <Facts connection={connection} />
      </Section>
      <Section title="Streams" aside={count(connection.streams.length)} isFlush>
        <StreamTable connection={connection} />
      </Section>
      <SchemaChanges changes={connection.schemaChanges} />
      <Details connection={connection} />
    </Page>
  )
}

function Facts({ connection }: { connection: ConnectionDetail }) {
  const rows = connection.streams.reduce((sum, stream) => sum + (stream.rows ?? 0), 0)
  const [last] = connection.syncs
  return (
    <dl className={classes.facts}>
      <div>
        <dt>Last sync</dt>
        <dd>
          <Ago at={connection.lastSyncAt} />
          {connection.late && (
            <Text size="xs" c="dimmed" title={exactTime(connection.late.dueAt)}>
              late: {connection.late.by} was due {clockTime(connection.late.dueAt)}
            </Text>
          )}
        </dd>
      </div>
      <div>
        <dt>It brought</dt>
        <dd className="digits">{last ? `${count(last.rows)} rows, ${bytes(last.bytes)} read` : 'nothing yet'}</dd>
      </div>
      <div>
        <dt>Next sync</dt>
        <dd>
          {connection.next ? (
            <>
              <Ago at={connection.next.at} />
              <Text size="xs" c="dimmed" title={exactTime(connection.next.at, connection.next.timezone)}>
                by {connection.next.by}, {clockTime(connection.next.at)} {zoneName(connection.next.at)}
              </Text>
            </>
          ) : (
            'by hand only'
          )}
        </dd>
      </div>
      <div>
        <dt>{connection.destinationSchema === undefined ? 'Rows' : 'Rows in the warehouse'}</dt>
        <dd className="digits" title={count(rows)}>
          {brief(rows)}
        </dd>
      </div>
      <div>
        <dt>What follows</dt>
        <dd className="digits">{count(connection.downstream)} assets</dd>
      </div>
    </dl>
  )
}

function Details({ connection }: { connection: ConnectionDetail }) {
  const { tab } = route.useSearch()
  const navigate = useNavigate()
  return (
    <Section isFlush>
      <Tabs
        value={tab ?? 'syncs'}
        onChange={(value) =>
          void navigate({
            to: '/connections/$name',
            params: { name: connection.name },
            search: { tab: value === 'syncs' ? undefined : (value ?? undefined) },
            replace: true,
          })
        }
        keepMounted={false}
      >
        <Tabs.List px="xs">
          <Tabs.Tab value="syncs">Syncs</Tabs.Tab>
          <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
          <Tabs.Tab value="runs">Runs</Tabs.Tab>
          <Tabs.Tab value="state">State</Tabs.Tab>
          <Tabs.Tab value="yaml">YAML</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="syncs">
          <Syncs connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="timeline">
          <Timeline name={connection.name} />
        </Tabs.Panel>
        <Tabs.Panel value="runs">
          {connection.runs.length === 0 ? <Empty title="No runs yet" /> : <RunTable runs={connection.runs} />}
        </Tabs.Panel>
        <Tabs.Panel value="state" p="md">
          {connection.states.length === 0 ? (
            <Text c="dimmed">No stream has committed a state yet: the next sync reads everything.</Text>
          ) : (
            <Code block>{JSON.stringify(connection.states, null, 2)}</Code>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="yaml" p="md">
          <Text size="sm" c="dimmed" mb="xs">
            {connection.file} as it stands, secrets masked. Change the file: the page follows.
          </Text>
          <Code block>{connection.yaml}</Code>
        </Tabs.Panel>
      </Tabs>
    </Section>
  )
}
