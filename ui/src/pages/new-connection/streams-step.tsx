import { Button, Group, SegmentedControl, Select, Text } from '@mantine/core'
import type { DestinationConnectorView, DiscoveredDraft } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { ErrorBox } from '../../design/states.js'
import { count, plural } from '../../design/text/time.js'
import type { Made, SchemaChanges } from './made.js'
import { streamProblem } from './made.js'
import { lackOf } from './modes.js'
import classes from './new-connection.module.css'
import type { Preview } from './preview.js'
import { StreamList } from './stream-list.js'
import type { StreamProps } from './stream-row.js'

interface LoadedProps {
  readonly made: Pick<Made, 'isFollowing' | 'chosen'>
  readonly found: DiscoveredDraft
  readonly destination: DestinationConnectorView
  readonly preview: Pick<Preview, 'places' | 'error'>
  readonly onChange: (change: Partial<Made>) => void
  /** What a stream looks like, where its source shows what it asks and is answered. */
  readonly loadPreview: StreamProps['loadPreview']
}

interface StreamsStepProps extends LoadedProps {
  readonly made: Made
  readonly preview: Preview
  readonly onGo: () => void
}

/** Which streams are loaded, how, and what becomes of them when the source changes. */
export function StreamsStep({ made, found, preview, onChange, onGo, ...others }: StreamsStepProps) {
  const problem = streamProblem(preview.error)
  return (
    <>
      <LoadedStreams made={made} found={found} preview={preview} onChange={onChange} {...others} />
      <Section title="When the source changes">
        <SourceChanges
          made={made}
          mayDelete={found.readsLog || made.looked?.source.connector === 'airbyte'}
          onChange={onChange}
        />
      </Section>
      {preview.error && !problem && <ErrorBox error={preview.error} />}
      <GoOn made={made} found={found} problem={problem?.stream} onGo={onGo} />
    </>
  )
}

/** Which streams are loaded, and how. */
export function LoadedStreams({ made, found, destination, preview, loadPreview, onChange }: LoadedProps) {
  const places = new Map(preview.places.map(({ stream, place }) => [stream, place]))
  return (
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
          problem={streamProblem(preview.error)}
          loadPreview={loadPreview}
          onChange={(chosen) => onChange({ chosen })}
        />
      )}
    </Section>
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

const propagateFully = {
  value: 'propagate_fully',
  label: 'Propagate all',
  note: 'Tables get new columns and types; of all streams, also new streams.',
} as const

const policies: readonly { readonly value: SchemaChanges; readonly label: string; readonly note: string }[] = [
  { value: 'propagate_columns', label: 'Propagate columns', note: 'Tables get new columns, and follow new types.' },
  { value: 'ignore', label: 'Ignore', note: 'Tables stay as they are; new columns are not loaded.' },
  { value: 'pause', label: 'Pause', note: 'The stream stops until the change is accepted here or by command.' },
]

/** @param mayDelete the source tells of rows that are deleted */
export function SourceChanges({
  made,
  mayDelete,
  onChange,
}: {
  made: Pick<Made, 'isFollowing' | 'schemaChanges' | 'cdcDeletes'>
  mayDelete: boolean
  onChange: (change: Partial<Made>) => void
}) {
  // Whoever wrote it into a file that names streams keeps it as long as they like.
  const offered = made.schemaChanges === 'propagate_fully' ? [...policies, propagateFully] : policies
  return (
    <div className={classes.form}>
      <Select
        size="sm"
        label="Schema changes"
        description={
          made.isFollowing
            ? 'All are propagated: columns, types and new streams.'
            : offered.find(({ value }) => value === made.schemaChanges)?.note
        }
        allowDeselect={false}
        disabled={made.isFollowing}
        data={made.isFollowing ? [propagateFully] : [...offered]}
        value={made.isFollowing ? 'propagate_fully' : made.schemaChanges}
        onChange={(value) => value !== null && onChange({ schemaChanges: value as SchemaChanges })}
      />
      {mayDelete && !made.isFollowing && (
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
