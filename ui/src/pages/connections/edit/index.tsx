import { Alert, Button, Group, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type {
  ChangeEffectView,
  ConnectionDetail,
  ConnectionSettingsView,
  ConnectorsView,
} from '../../../../../src/server/contract/index.js'
import { get, segment } from '../../../api/client.js'
import { CommandLine } from '../../../design/command-line.js'
import { ErrorWithSecrets } from '../../../design/connections/missing-secrets.js'
import { Section } from '../../../design/page.js'
import { asApiError, Empty, Lines, Loaded } from '../../../design/states.js'
import { plural } from '../../../design/text/time.js'
import { FullRefresh } from '../full-refresh.js'
import { refreshConnection } from '../refresh-connection.js'
import { Editing, type EditTab } from './editing.js'

interface EditProps {
  readonly connection: ConnectionDetail
  readonly tab: EditTab
}

/** What the file of a connection says, for those who may change it. */
export function EditConnection(props: EditProps) {
  const query = useQuery({ queryKey: ['connectors'], queryFn: () => get<ConnectorsView>('/connectors') })
  return (
    <Loaded query={query} skeleton={<Waiting />}>
      {(connectors) =>
        connectors.canCreate ? <Settings {...props} connectors={connectors} /> : <ReadOnly {...props} />
      }
    </Loaded>
  )
}

const Waiting = () => (
  <Section>
    <Lines number={6} />
  </Section>
)

const ReadOnly = ({ connection: { file } }: EditProps) => (
  <Section>
    <Empty title="Connections are not changed through this server">
      <code>server.edit_connections</code> in millrace.yaml is false: a connection may name programs and files of its
      machine. Change <code>{file}</code> where the project lies; the page follows.
    </Empty>
  </Section>
)

function Settings({ connection, tab, connectors }: EditProps & { connectors: ConnectorsView }) {
  const { name } = connection
  const client = useQueryClient()
  const queryKey = ['connection-settings', name]
  const load = () => get<ConnectionSettingsView>(`/connections/${segment(name)}/settings`)
  const query = useQuery({ queryKey, queryFn: load, retry: false })
  const [saved, setSaved] = useState<readonly ChangeEffectView[]>()
  /** As it was when somebody began to change it. */
  const [begun, setBegun] = useState<ConnectionSettingsView>()
  const latest = query.data
  useEffect(() => {
    if (latest && !begun) setBegun(latest)
  }, [latest, begun])
  if (!latest && query.error)
    return <ErrorWithSecrets error={asApiError(query.error)} onSet={() => void query.refetch()} />
  if (!latest || !begun) return <Waiting />
  if (latest.readOnly !== undefined) return <NotWritable settings={latest} />
  return (
    <>
      {saved && <Saved connection={connection} effects={saved} onClose={() => setSaved(undefined)} />}
      <Editing
        // What the file says now is another beginning.
        key={begun.hash}
        connection={connection}
        connectors={connectors}
        settings={begun}
        isOutdated={latest.hash !== begun.hash}
        tab={tab}
        onTakeLatest={() => setBegun(latest)}
        onBegun={() => setSaved(undefined)}
        onSaved={async (effects) => {
          const now = await client.fetchQuery({ queryKey, queryFn: load, staleTime: 0 })
          // It is told once nothing is unsaved any more.
          setBegun(now)
          setSaved(effects)
          await refreshConnection(client, 'secrets')
        }}
      />
    </>
  )
}

/** Where the project lies in an image, or comes from a release, its files are not changed in place. */
const NotWritable = ({ settings: { file, readOnly } }: { settings: ConnectionSettingsView }) => (
  <Section>
    <Empty title="This project is read-only here">
      {readOnly} The project lies where Millrace may not write, as in a container, or belongs to a release: change{' '}
      <code>{file}</code> where it comes from, and bring it here as any other change. On your own machine:
      <CommandLine>millrace up</CommandLine>
    </Empty>
  </Section>
)

/** That it was written, and what is to be done now. */
function Saved({
  connection,
  effects,
  onClose,
}: {
  connection: ConnectionDetail
  effects: readonly ChangeEffectView[]
  onClose: () => void
}) {
  const names = effects.flatMap(({ kind, stream }) => (kind === 'refresh' && stream !== undefined ? [stream] : []))
  const needed = connection.streams.filter(({ name }) => names.includes(name)).map(({ name }) => name)
  return (
    <Alert variant="default" role="status" title={`${connection.file} is written`} withCloseButton onClose={onClose}>
      {needed.length === 0 ? (
        <Text size="sm">The next sync goes by it.</Text>
      ) : (
        <>
          <Text size="sm" mb="xs">
            {plural(needed.length, 'stream')} {needed.length === 1 ? 'is' : 'are'} to be loaded from the start before{' '}
            {needed.length === 1 ? 'it is' : 'they are'} synced again: {needed.join(', ')}.
          </Text>
          <Group gap="xs">
            <FullRefresh key={needed.join()} connection={connection} only={needed} />
            <Button variant="subtle" onClick={onClose}>
              Later
            </Button>
          </Group>
        </>
      )}
    </Alert>
  )
}
