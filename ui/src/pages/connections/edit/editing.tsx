import { Alert, Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import type {
  ChangeEffectView,
  ChangePreviewView,
  ConnectionChangeView,
  ConnectionDetail,
  ConnectionSettingsView,
  ConnectorsView,
  DestinationConnectorView,
  DiscoveredDraft,
  SettingSchema,
  SourceSpecView,
} from '../../../../../src/server/contract/index.js'
import { post, segment } from '../../../api/client.js'
import type { Made } from '../../new-connection/made.js'
import { useSettled } from '../../new-connection/settled.js'
import { changeOf, foundWith, isChanged, isWhole, madeOf } from './edited.js'
import { LeaveGuard } from './leave-guard.js'
import { NotSaved, ReviewChange } from './review-change.js'
import { SchemaTab } from './schema-tab.js'
import { SettingsTab } from './settings-tab.js'

export type EditTab = 'schema' | 'settings'

interface EditingProps {
  readonly connection: ConnectionDetail
  readonly connectors: ConnectorsView
  readonly settings: ConnectionSettingsView
  /** The file says something else by now. */
  readonly isOutdated: boolean
  readonly tab: EditTab
  /** Something is otherwise than in the file. */
  readonly onBegun: () => void
  readonly onTakeLatest: () => void
  readonly onSaved: (effects: readonly ChangeEffectView[]) => Promise<void>
}

/** The connection as it is being changed, on two tabs, and what comes of it. */
export function Editing({
  connection,
  connectors,
  settings,
  isOutdated,
  tab,
  onBegun,
  onTakeLatest,
  onSaved,
}: EditingProps) {
  const path = `/connections/${segment(connection.name)}/settings`
  const destination = destinationOf(connectors, settings)
  const [made, setMade] = useState<Made>(() => madeOf(connection.name, settings, destination))
  const onChange = (part: Partial<Made>) => setMade((known) => ({ ...known, ...part }))
  const told = useToldSpec(connectors, settings)
  const { spec } = told
  const known = { settings, destination, spec }

  // The same as long as nothing changed: what is asked of the server hangs on it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: of these three `known` is made
  const change = useMemo(() => changeOf(made, known), [made, settings, destination, spec])
  const isDirty = isChanged(change)
  // A source is asked when somebody looks at its streams, and not while its settings are typed.
  const [ofSource, setOfSource] = useState<ConnectionChangeView['source']>()
  if (tab === 'schema' && ofSource !== change.source) setOfSource(change.source)
  const look = useQuery({
    queryKey: ['connection-found', connection.name, ofSource],
    queryFn: () =>
      post<DiscoveredDraft>(`${path}/discover`, { before: settings.hash, ...(ofSource ? { source: ofSource } : {}) }),
    // Where tables may go it has to say as well.
    enabled: tab === 'schema' || destination.isWarehouse,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const found = useMemo(() => look.data && foundWith(look.data, settings), [look.data, settings])
  const preview = useSettled('change-preview', isWhole(made, known, found) ? change : undefined, (asked, signal) =>
    post<ChangePreviewView>(`${path}/preview`, asked, signal),
  )
  useEffect(() => {
    if (isOutdated && !isDirty) onTakeLatest()
  }, [isOutdated, isDirty, onTakeLatest])
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it begins
  useEffect(() => {
    if (isDirty) onBegun()
  }, [isDirty])

  const shared = { connection, settings, made, found, destination, onChange }
  return (
    <>
      {isOutdated && isDirty && <Outdated file={settings.file} onTakeLatest={onTakeLatest} />}
      {tab === 'schema' ? (
        <SchemaTab {...shared} look={look} preview={preview} isSourceChanged={ofSource !== undefined} />
      ) : (
        <SettingsTab {...shared} told={told} change={change} path={path} preview={preview} />
      )}
      {isDirty && <NotSaved />}
      {isDirty && (
        <ReviewChange
          path={path}
          file={settings.file}
          change={change}
          preview={preview}
          canSave={!isOutdated}
          onDiscard={() => setMade(madeOf(connection.name, settings, destination))}
          onSaved={onSaved}
        />
      )}
      <LeaveGuard isDirty={isDirty} name={connection.name} />
    </>
  )
}

function Outdated({ file, onTakeLatest }: { file: string; onTakeLatest: () => void }) {
  return (
    <Alert variant="default" role="alert" title={`${file} was changed meanwhile`}>
      <Text size="sm" mb="xs">
        By somebody else, or with an editor. What is changed here is not written over it: take the file as it is now,
        and change that.
      </Text>
      <Group gap="xs">
        <Button variant="default" onClick={onTakeLatest}>
          Take the file as it is now
        </Button>
      </Group>
    </Alert>
  )
}

const destinationOf = ({ destinations }: ConnectorsView, { destination }: ConnectionSettingsView) =>
  destinations.find(({ name }) => name === (destination.connector ?? 'warehouse')) ??
  (destinations[0] as DestinationConnectorView)

/** The settings that the source takes: of a program, or a manifest, only that itself knows them. */
function useToldSpec({ connectors }: ConnectorsView, { source }: ConnectionSettingsView) {
  const connector = connectors.find(({ name }) => name === source.connector)
  const mustAsk = source.connector === 'airbyte' || source.connector === 'declarative'
  const ask = useQuery({
    queryKey: ['connection-spec', source],
    queryFn: () => post<SourceSpecView>('/connectors/spec', source),
    enabled: mustAsk,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const spec = mustAsk ? ask.data?.spec : connector?.spec
  return { title: connector?.title ?? source.connector, spec: spec as SettingSchema | undefined, ask }
}

export type ToldSpec = ReturnType<typeof useToldSpec>
