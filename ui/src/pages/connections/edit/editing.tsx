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
  Settings,
  SourceSpecView,
} from '../../../../../src/server/contract/index.js'
import { post, segment } from '../../../api/client.js'
import type { Made } from '../../new-connection/made.js'
import { useSettled } from '../../new-connection/settled.js'
import { isSameProgram, withoutInner } from '../../new-connection/source-settings.js'
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
  const told = useToldSpec(connectors, settings, made.source.config)
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
  const preview = useSettled(
    'change-preview',
    !told.mustAsk && isWhole(made, known, found) ? change : undefined,
    (asked, signal) => post<ChangePreviewView>(`${path}/preview`, asked, signal),
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
          lacks={told.mustAsk ? 'Its source is another program now: ask it for its settings first.' : undefined}
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

/**
 * The settings that the source takes: of a program, or a manifest, only that itself knows them. That of the file is asked at once, another
 * one when somebody says so: its name may be half typed, and an image is fetched first.
 */
function useToldSpec({ connectors }: ConnectorsView, { source }: ConnectionSettingsView, config: Settings) {
  const connector = connectors.find(({ name }) => name === source.connector)
  const tellsItself = source.connector === 'airbyte' || source.connector === 'declarative'
  const [other, setOther] = useState<ConnectionSettingsView['source']>()
  const asked = other && !isSameProgram(source.config, config) ? other : source
  const mustAsk = tellsItself && !isSameProgram(asked.config, config)
  const ask = useQuery({
    queryKey: ['connection-spec', asked],
    queryFn: () => post<SourceSpecView>('/connectors/spec', asked),
    enabled: tellsItself,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  const outer = connector?.spec as SettingSchema | undefined
  return {
    title: connector?.title ?? source.connector,
    spec: tellsItself ? (mustAsk ? undefined : (ask.data?.spec as SettingSchema | undefined)) : outer,
    /** What is known of the settings as long as the program was not asked. */
    outer: outer && withoutInner(outer),
    mustAsk,
    ask,
    onAsk: () => (mustAsk ? setOther({ ...source, config }) : void ask.refetch()),
  }
}

export type ToldSpec = ReturnType<typeof useToldSpec>
