import { Button, Checkbox, MultiSelect, Select, TagsInput, Text, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import type {
  ConfiguredStreamView,
  DestinationConnectorView,
  DiscoveredDraftStream,
  StreamPreviewView,
} from '../../../../src/server/contract/index.js'
import { plural } from '../../design/text/time.js'
import { withNeeded } from './fields.js'
import type { StreamProblem } from './made.js'
import { columnChoices, lackOf, modeKey, modeNote, modesOf, withMode } from './modes.js'
import classes from './new-connection.module.css'
import { StreamDetails } from './stream-details.js'

export interface StreamProps {
  readonly stream: DiscoveredDraftStream
  readonly destination: DestinationConnectorView
  readonly place: string | undefined
  readonly problem: StreamProblem | undefined
  /** Its first records, where its source shows what it asks and is answered. */
  readonly loadPreview: ((stream: string) => Promise<StreamPreviewView>) | undefined
  readonly onChange: (next: ConfiguredStreamView) => void
}

interface StreamRowProps extends StreamProps {
  readonly chosen: ConfiguredStreamView | undefined
  readonly isOpen: boolean
  readonly onOpen: (isOpen: boolean) => void
  readonly onToggle: (isOn: boolean) => void
}

/** A stream on one line; what else there is to say of it opens below. */
export function StreamRow({ chosen, isOpen, onOpen, onToggle, ...props }: StreamRowProps) {
  const { stream, place, problem } = props
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <>
      <div className={classes.streamLine}>
        <Checkbox
          className={classes.streamName}
          checked={chosen !== undefined}
          onChange={(event) => onToggle(event.currentTarget.checked)}
          label={<b>{stream.name}</b>}
          // The server says it a moment later: its line is there before, so that nothing below moves away from the pointer.
          description={chosen && (place !== undefined && place !== stream.name ? `→ ${place}` : '\u00a0')}
        />
        {chosen ? <Modes {...props} chosen={chosen} /> : <span className={classes.modes} />}
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          className={classes.opener}
          aria-expanded={isOpen}
          aria-label={`${isOpen ? 'Hide' : 'Show'} the details of ${stream.name}`}
          rightSection={<Chevron size={14} aria-hidden />}
          onClick={() => onOpen(!isOpen)}
        >
          {summary(stream, chosen)}
        </Button>
      </div>
      {problem && !(isOpen && problem.setting === 'mappers') && (
        <Text size="sm" c="var(--status-bad)" role="alert" className={classes.problem}>
          {problem.error.message} {problem.error.hint}
        </Text>
      )}
      {isOpen && <StreamDetails {...props} chosen={chosen} />}
    </>
  )
}

function summary({ fields }: DiscoveredDraftStream, chosen: ConfiguredStreamView | undefined): string {
  const loaded = chosen?.fields?.length
  const columns =
    loaded === undefined ? plural(fields.length, 'field') : `${loaded} of ${plural(fields.length, 'field')}`
  const mappers = chosen?.mappers?.length ?? 0
  return mappers > 0 ? `${columns}, ${plural(mappers, 'mapper')}` : columns
}

function Modes({ stream, chosen, destination, onChange }: StreamProps & { chosen: ConfiguredStreamView }) {
  return (
    <div className={classes.modes}>
      <Select
        size="xs"
        aria-label={`Sync mode of ${stream.name}`}
        allowDeselect={false}
        comboboxProps={{ width: 320, position: 'bottom-start' }}
        maxDropdownHeight={320}
        data={modesOf(stream, destination.modes)}
        renderOption={({ option }) => (
          <div>
            {option.label}
            <Text size="xs" c="dimmed">
              {modeNote(option.value)}
            </Text>
          </div>
        )}
        value={modeKey(chosen)}
        onChange={(value) => value !== null && onChange(withMode(stream, chosen, value))}
      />
      {chosen.destinationSyncMode.endsWith('dedup') && <Key stream={stream} chosen={chosen} onChange={onChange} />}
      {chosen.syncMode === 'incremental' && <Cursor stream={stream} chosen={chosen} onChange={onChange} />}
      {stream.isFileBased && <Files stream={stream} chosen={chosen} destination={destination} onChange={onChange} />}
    </div>
  )
}

function Files({ stream, chosen, destination, onChange }: ColumnProps & Pick<StreamProps, 'destination'>) {
  return (
    <Checkbox
      size="xs"
      className={classes.files}
      aria-label={`Include the files of ${stream.name}`}
      label="Include files"
      description={
        destination.keepsFiles
          ? 'What its records are about: attachments, reports, …'
          : `${destination.title} keeps no files: only the records are loaded.`
      }
      disabled={!destination.keepsFiles}
      checked={chosen.includesFiles === true}
      onChange={(event) => {
        const { includesFiles: _, ...others } = chosen
        onChange(event.currentTarget.checked ? { ...others, includesFiles: true } : others)
      }}
    />
  )
}

type ColumnProps = Pick<StreamProps, 'stream' | 'onChange'> & { readonly chosen: ConfiguredStreamView }

/** Where the source does not tell its fields, columns are typed. */
function Key({ stream, chosen, onChange }: ColumnProps) {
  const paths = chosen.primaryKey ?? []
  const key = paths.map((path) => path.join('.'))
  const Input = stream.fields.length === 0 ? TagsInput : MultiSelect
  // A path into nested data stays one.
  const pathOf = (column: string) => paths.find((path) => path.join('.') === column) ?? [column]
  return (
    <Input
      size="xs"
      className={classes.keys}
      styles={{ inputField: { minWidth: 16 } }}
      {...(stream.fields.length === 0 ? {} : { searchable: true })}
      aria-label={`Primary key of ${stream.name}`}
      placeholder={key.length === 0 ? 'Primary key' : undefined}
      error={lackOf(stream, chosen) === 'primary key' ? 'Which columns identify a row?' : undefined}
      data={columnChoices(stream, stream.keyCandidates, key)}
      value={key}
      onChange={(columns) => onChange(withNeeded({ ...chosen, primaryKey: columns.map(pathOf) }))}
    />
  )
}

function Cursor({ stream, chosen, onChange }: ColumnProps) {
  const cursor = chosen.cursorField?.join('.')
  const set = (column: string | null) => {
    const { cursorField: _, ...others } = chosen
    onChange(column === null || column === '' ? others : withNeeded({ ...others, cursorField: [column] }))
  }
  const common = {
    size: 'xs',
    className: classes.cursor,
    'aria-label': `Cursor of ${stream.name}`,
    placeholder: stream.hasOwnCursor ? 'Source-defined' : 'Cursor',
    error: lackOf(stream, chosen) === 'cursor' ? 'Which column tells what is new?' : undefined,
  } as const
  if (stream.fields.length === 0)
    return (
      <TextInput
        {...common}
        autoComplete="off"
        spellCheck={false}
        value={cursor ?? ''}
        onChange={(event) => set(event.currentTarget.value.trim())}
      />
    )
  return (
    <Select
      {...common}
      searchable
      clearable={stream.hasOwnCursor}
      data={columnChoices(stream, stream.cursorCandidates, cursor === undefined ? [] : [cursor])}
      value={cursor ?? null}
      onChange={set}
    />
  )
}
