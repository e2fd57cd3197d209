import { ActionIcon, Alert, Button, Code, CopyButton, Group, Tabs, Text } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ConnectionDetail, ConnectorsView } from '../../../../src/server/contract/index.js'
import { selectionWord } from '../../../../src/server/contract/selection.js'
import { get, post, segment } from '../../api/client.js'
import { agesMs } from '../../api/live.js'
import { useMay } from '../../api/session.js'
import { type CheckAnswer, CheckWarnings } from '../../design/connections/check-answer.js'
import { Needs } from '../../design/needs.js'
import { Page, Section } from '../../design/page.js'
import { MaterializeButton } from '../../design/runs/materialize-button.js'
import { asApiError, Empty, ErrorBox, Lines, Loaded, TableShape } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { Ago, count, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { RunTable } from '../runs/run-table.js'
import { AcceptButton } from './accept-button.js'
import { ClearData } from './clear-data.js'
import { EditConnection } from './edit/index.js'
import { Facts } from './facts.js'
import { FullRefresh } from './full-refresh.js'
import { PreviewTab } from './preview-tab.js'
import { RemoteLink } from './remote-link.js'
import { SchemaChanges } from './schema-changes.js'
import { StatesTab } from './states-tab.js'
import { StreamTable } from './stream-table.js'
import { SyncButton } from './sync-button.js'
import { Syncs } from './syncs.js'
import { Timeline } from './timeline.js'
import { NotThere, useWaiting, Waiting } from './waiting.js'

const route = getRouteApi('/connections/$name')

export function ConnectionPage() {
  const { name } = route.useParams()
  const query = useQuery({
    queryKey: ['connection', name],
    queryFn: () => get<ConnectionDetail>(`/connections/${segment(name)}`),
    refetchInterval: agesMs,
  })
  const error = query.data === undefined && query.error ? asApiError(query.error) : undefined
  if (error?.code === 'SERVER_NOT_FOUND') return <NotThere name={name} error={error} />
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
  const waiting = useWaiting(connection.name)
  const check = useMutation({
    mutationFn: () => post<CheckAnswer>(`/connections/${segment(connection.name)}/check`),
  })
  const edited = useEditTab(connection)
  const isActive = (connection.remote?.status ?? 'active') === 'active'
  const selection = connection.streams.map((stream) => `${selectionWord(stream.asset)}+`).join(' ')
  return (
    <Page
      title={connection.name}
      tabTitle={`${connection.name} · Connections`}
      aside={<Status value={connection.late && connection.health === 'fresh' ? 'late' : connection.health} />}
      lead={
        <>
          {connection.sourceConnector} → {connection.destinationConnector}
          {connection.destinationSchema !== undefined && `, schema ${connection.destinationSchema}`} ·{' '}
          {connection.remote ? (
            <>
              {connection.remote.title}, kept by <RemoteLink remote={connection.remote} />
            </>
          ) : (
            <FilePlace connection={connection} />
          )}
        </>
      }
      actions={
        !waiting && (
          <>
            <Needs least="editor">
              <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
                Check
              </Button>
              {!connection.remote && (
                <>
                  <ClearData connection={connection} />
                  <FullRefresh connection={connection} />
                </>
              )}
            </Needs>
            {connection.downstream > 0 && isActive && (
              <MaterializeButton selection={selection} label="Sync with downstream" variant="default" />
            )}
            {isActive && <SyncButton connection={connection} variant="filled" />}
          </>
        )
      }
    >
      {check.error && <ErrorBox error={asApiError(check.error)} />}
      {check.data?.error && (
        <>
          <ErrorBox error={check.data.error} />
          <CheckWarnings of={check.data} />
        </>
      )}
      {check.data && !check.data.error && (
        <Alert variant="default" withCloseButton onClose={check.reset} py="xs">
          <Status
            value={check.data.status}
            label={check.data.message ?? (connection.remote ? '' : 'The source can be read.')}
          />
          <CheckWarnings of={check.data} />
        </Alert>
      )}
      {waiting && <Waiting connection={waiting} />}
      <Views connection={connection} />
      {edited ? (
        <EditConnection connection={connection} tab={edited} />
      ) : (
        <>
          <Failures connection={connection} />
          <Section>
            <Facts connection={connection} />
          </Section>
          <Section title="Streams" aside={count(connection.streams.length)} isFlush>
            <StreamTable connection={connection} />
          </Section>
          {!connection.remote && <SchemaChanges connection={connection} />}
          <Details connection={connection} />
        </>
      )}
    </Page>
  )
}

/** Which tab of the page changes the connection, where it is open to who looks. */
const editTabs = ['schema', 'settings'] as const

function useEditTab({ remote }: ConnectionDetail) {
  const { tab } = route.useSearch()
  const mayEdit = useMay('admin') && !remote
  return mayEdit ? editTabs.find((one) => one === tab) : undefined
}

/** How it goes, and what it is: the latter for those who may change it. One that another server keeps is changed there. */
function Views({ connection }: { connection: ConnectionDetail }) {
  const edited = useEditTab(connection)
  const navigate = useNavigate()
  const mayEdit = useMay('admin')
  if (!mayEdit || connection.remote) return null
  return (
    <Tabs
      value={edited ?? 'status'}
      onChange={(value) =>
        void navigate({
          to: '/connections/$name',
          params: { name: connection.name },
          search: { tab: value === 'status' ? undefined : (value ?? undefined) },
        })
      }
    >
      <Tabs.List aria-label="Status and settings">
        <Tabs.Tab value="status">Status</Tabs.Tab>
        <Tabs.Tab value="schema">Schema</Tabs.Tab>
        <Tabs.Tab value="settings">Settings</Tabs.Tab>
      </Tabs.List>
    </Tabs>
  )
}

const failuresShown = 3

/** What went wrong last, and what may be accepted. */
function Failures({ connection: { name, streams, syncs } }: { connection: ConnectionDetail }) {
  const failed = streams.filter((stream) => stream.lastError)
  // Most often it is one thing that hits all of them.
  const shown = failed
    .filter(({ lastError }, i) => failed.findIndex((other) => other.lastError?.message === lastError?.message) === i)
    .slice(0, failuresShown)
  const failedAt = syncs.find((sync) => sync.streams.some(({ error }) => error))?.endedAt
  const paused = failed.filter((stream) => stream.lastError?.code === 'SCHEMA_CHANGE_PAUSED').map((one) => one.name)
  return (
    <>
      {failedAt !== undefined && failed.length > 0 && (
        <Text size="sm" c="dimmed">
          Of the sync that ended <Ago at={failedAt} />:
        </Text>
      )}
      {shown.map((stream) => stream.lastError && <ErrorBox key={stream.name} error={stream.lastError} />)}
      {failed.length > shown.length && (
        <Text size="sm" c="dimmed">
          {plural(failed.length - shown.length, 'more stream')} failed: the table shows which.
        </Text>
      )}
      {paused.length > 0 && (
        <Group gap="xs">
          {paused.slice(0, failuresShown).map((stream) => (
            <AcceptButton key={stream} connection={name} streams={[stream]} />
          ))}
          {paused.length > 1 && <AcceptButton connection={name} streams={paused} />}
        </Group>
      )}
    </>
  )
}

/** Where the YAML is: shown here, and to be opened with an editor. */
function FilePlace({ connection: { name, file } }: { connection: ConnectionDetail }) {
  return (
    <>
      <To to="/connections/$name" params={{ name }} search={{ tab: 'yaml' }} replace size="sm" underline="always">
        {file}
      </To>{' '}
      <CopyButton value={file} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon
            size="xs"
            variant="subtle"
            color="gray"
            aria-label={copied ? 'Copied' : `Copy: ${file}`}
            onClick={copy}
          >
            {copied ? <IconCheck size={12} aria-hidden /> : <IconCopy size={12} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </>
  )
}

function Details({ connection }: { connection: ConnectionDetail }) {
  const { tab } = route.useSearch()
  const navigate = useNavigate()
  const connectors = useQuery({ queryKey: ['connectors'], queryFn: () => get<ConnectorsView>('/connectors') })
  const mayPreview = useMay('editor')
  const canPreview =
    mayPreview &&
    !connection.remote &&
    connectors.data?.connectors.some((one) => one.name === connection.sourceConnector && one.canPreview)
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
          {canPreview && <Tabs.Tab value="preview">Preview</Tabs.Tab>}
          <Tabs.Tab value="yaml">{connection.remote ? 'Definition' : 'YAML'}</Tabs.Tab>
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
          <StatesTab states={connection.states} statesError={connection.statesError} />
        </Tabs.Panel>
        <Tabs.Panel value="preview" p="md">
          <PreviewTab connection={connection} />
        </Tabs.Panel>
        <Tabs.Panel value="yaml" p="md">
          <Text size="sm" c="dimmed" mb="xs">
            {connection.remote
              ? `As the Airbyte server ${connection.remote.server} tells it. It is changed there: this follows.`
              : `${connection.file} as it stands, secrets masked. Change the file, or Schema and Settings above: the page follows.`}
          </Text>
          <Code block>{connection.yaml}</Code>
        </Tabs.Panel>
      </Tabs>
    </Section>
  )
}
