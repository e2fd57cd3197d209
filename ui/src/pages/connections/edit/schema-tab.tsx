import { Button, Group, Text } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type {
  ChangePreviewView,
  ConnectionDetail,
  ConnectionSettingsView,
  DestinationConnectorView,
  DiscoveredDraft,
} from '../../../../../src/server/contract/index.js'
import { ErrorWithSecrets } from '../../../design/connections/missing-secrets.js'
import { Section } from '../../../design/page.js'
import { asApiError, Lines } from '../../../design/states.js'
import { plural } from '../../../design/text/time.js'
import type { Made } from '../../new-connection/made.js'
import type { Settled } from '../../new-connection/settled.js'
import { LoadedStreams } from '../../new-connection/streams-step.js'
import { goneFrom } from './edited.js'

export interface TabProps {
  readonly connection: ConnectionDetail
  readonly settings: ConnectionSettingsView
  readonly made: Made
  /** Undefined before the source was asked. */
  readonly found: DiscoveredDraft | undefined
  readonly destination: DestinationConnectorView
  readonly preview: Settled<unknown, ChangePreviewView>
  readonly onChange: (change: Partial<Made>) => void
}

/** Which streams are loaded, and how: Airbyte's replication tab. */
export function SchemaTab({
  settings,
  made,
  found,
  destination,
  preview,
  look,
  isSourceChanged,
  onChange,
}: TabProps & { look: UseQueryResult<DiscoveredDraft>; isSourceChanged: boolean }) {
  if (look.isFetching && !found)
    return (
      <Section title="What is loaded, and how">
        <Text size="sm" c="dimmed" mb="sm" role="status">
          The source is asked which streams it has …
        </Text>
        <Lines number={4} />
      </Section>
    )
  if (!found || !look.data)
    return (
      <Section title="What is loaded, and how">
        {look.error && <ErrorWithSecrets error={asApiError(look.error)} onSet={() => void look.refetch()} />}
        <Group mt="sm">
          <Button variant="default" loading={look.isFetching} onClick={() => void look.refetch()}>
            Ask the source again
          </Button>
        </Group>
      </Section>
    )
  const gone = goneFrom(look.data, settings.streams)
  return (
    <>
      {gone.length > 0 && (
        <Text size="sm" role="alert" c="var(--status-bad)">
          The source does not have {plural(gone.length, 'stream')} any more: {gone.map(({ name }) => name).join(', ')}.
          Switch {gone.length === 1 ? 'it' : 'them'} off, or syncs fail.
        </Text>
      )}
      <LoadedStreams
        made={made}
        found={found}
        destination={destination}
        preview={{ places: preview.answer?.places ?? [], error: preview.error }}
        loadPreview={undefined}
        onChange={onChange}
      />
      <Group gap="sm">
        <Button variant="default" size="xs" loading={look.isFetching} onClick={() => void look.refetch()}>
          Look at the source again
        </Button>
        <Text size="sm" c="dimmed">
          {isSourceChanged ? 'Asked with the settings as they are typed now.' : 'As it answered when this was opened.'}
        </Text>
      </Group>
    </>
  )
}
