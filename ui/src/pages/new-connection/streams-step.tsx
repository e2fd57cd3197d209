import { Button, Group, SegmentedControl, Select, Text } from '@mantine/core'
import type {
  ConnectionDraftView,
  DestinationConnectorView,
  DiscoveredDraft,
} from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { ErrorBox } from '../../design/states.js'
import { count, plural } from '../../design/time.js'
import type { Made, SchemaChanges } from './made.js'
import { streamProblem } from './made.js'
import { lackOf } from './modes.js'
import classes from './new-connection.module.css'
import type { Preview } from './preview.js'
import { StreamList } from './stream-list.js'

interface StreamsStepProps {
  readonly made: Made
  readonly found: DiscoveredDraft
  readonly destination: DestinationConnectorView
  readonly preview: Preview
  readonly previewed: ConnectionDraftView | undefined
  readonly onChange: (change: Partial<Made>) => void
  readonly onGo: () => void
}

/** Which streams are loaded, how, and what becomes of them when the source changes. */
export function StreamsStep({ made, found, destination, preview, previewed, onChange, onGo }: StreamsStepProps) {
  const places = new Map(preview.places.map(({ stream, place }) => [stream, place]))
  const problem = streamProblem(preview.error)
  return (
    <>
      <Section
        title="What is loaded, and how"
        isFlush
        aside={
          found.canFollow && (
            <SegmentedControl
              size="xs"
              aria-label="Which streams"
              data={[
                { value: 'chosen', label: 'Chosen streams' },
                { value: 'all', label: 'All, also new ones' },
              ]}
              value={made.isFollowing ? 'all' : 'chosen'}
              onChange={(which) => onChange({ isFollowing: which === 'all' })}
            />
          )
        }
      >
        {made.isFollowing ? (
          <Followed found={found} places={places} />
        ) : (
          <StreamList
            streams={found.streams}
            chosen={made.chosen}
            destination={destination}
            places={places}
            problem={problem}
            previewed={previewed}
            onChange={(chosen) => onChange({ chosen })}
          />
        )}
      </Section>
      <Section title="When the source changes">
        <Changes made={made} found={found} onChange={onChange} />
      </Section>
      {preview.error && !problem && <ErrorBox error={preview.error} />}
      <GoOn made={made} found={found} problem={problem?.stream} onGo={onGo} />
    </>
  )
}

const listed = 200

/** All of them, as they are: nobody chooses. */
function Followed({ found, places }: { found: DiscoveredDraft; places: ReadonlyMap<string, string | undefined> }) {
  return (
    <div className={classes.followed}>
      <Text size="sm">
        {plural(found.streams.length, 'stream')} now, each by full refresh and overwrite. New ones are loaded with the
        sync after the one that finds them; the file names none.
      </Text>
      <dl className={classes.places}>
        {found.streams.slice(0, listed).map(({ name }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{places.get(name) === undefined ? '' : `→ ${places.get(name)}`}</dd>
          </div>
        ))}
      </dl>
      {found.streams.length > listed && (
        <Text size="sm" c="dimmed">
          and {count(found.streams.length - listed)} more
        </Text>
      )}
    </div>
  )
}

const policies: readonly { readonly value: SchemaChanges; readonly label: string; readonly note: string }[] = [
  { value: 'propagate_columns', label: 'Propagate columns', note: 'Tables get new columns, and follow new types.' },
  { value: 'ignore', label: 'Ignore', note: 'Tables stay as they are; new columns are not loaded.' },
  { value: 'pause', label: 'Pause', note: 'The stream stops until the change is accepted here or by command.' },
]

function Changes({
  made,
  found,
  onChange,
}: {
  made: Made
  found: DiscoveredDraft
  onChange: (change: Partial<Made>) => void
}) {
  const mayDelete = !made.isFollowing && (found.readsLog || made.looked?.source.connector === 'airbyte')
  return (
    <div className={classes.form}>
      <Select
        size="sm"
        label="Schema changes"
        description={
          made.isFollowing
            ? 'All are propagated: columns, types and new streams.'
            : policies.find(({ value }) => value === made.schemaChanges)?.note
        }
        allowDeselect={false}
        disabled={made.isFollowing}
        data={made.isFollowing ? [{ value: 'propagate_fully', label: 'Propagate all' }] : [...policies]}
        value={made.isFollowing ? 'propagate_fully' : made.schemaChanges}
        onChange={(value) => value !== null && onChange({ schemaChanges: value as SchemaChanges })}
      />
      {mayDelete && (
        <Select
          size="sm"
          label="Deleted rows (CDC)"
          description={
            made.cdcDeletes === 'hard'
              ? 'They leave the table, in the dedup modes.'
              : 'They stay; _ab_cdc_deleted_at says when they were deleted.'
          }
          allowDeselect={false}
          data={[
            { value: 'hard', label: 'Hard delete' },
            { value: 'soft', label: 'Soft delete' },
          ]}
          value={made.cdcDeletes}
          onChange={(value) => onChange({ cdcDeletes: value === 'soft' ? 'soft' : 'hard' })}
        />
      )}
    </div>
  )
}

function GoOn({
  made,
  found,
  problem,
  onGo,
}: {
  made: Made
  found: DiscoveredDraft
  /** The stream that the server refuses. */
  problem: string | undefined
  onGo: () => void
}) {
  const number = made.isFollowing ? found.streams.length : Object.keys(made.chosen).length
  const lacks = found.streams.flatMap((stream) => {
    const one = made.isFollowing ? undefined : made.chosen[stream.name]
    const lack = one && lackOf(stream, one)
    return lack === undefined ? [] : [`${stream.name} needs a ${lack}`]
  })
  const why =
    number === 0
      ? 'Choose one stream at least.'
      : lacks.length > 0
        ? `${lacks[0]}${lacks.length > 1 ? `, and ${plural(lacks.length - 1, 'more stream')} something` : ''}.`
        : problem === undefined
          ? undefined
          : `Something is wrong with ${problem}.`
  return (
    <Group gap="sm">
      <Button size="sm" disabled={why !== undefined && !(made.isFollowing && number === 0)} onClick={onGo}>
        Go on with {plural(number, 'stream')}
      </Button>
      {why !== undefined && (
        <Text size="sm" c="dimmed" role="status">
          {why}
        </Text>
      )}
    </Group>
  )
}
