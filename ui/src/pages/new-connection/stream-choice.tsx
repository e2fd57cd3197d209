import { Button, Checkbox, Code, Group, MultiSelect, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconChevronDown, IconChevronRight, IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import type { ConfiguredStreamView, DiscoveredDraftStream } from '../../../../src/server/contract/index.js'
import { DataTable } from '../../design/data-table.js'
import { Empty } from '../../design/states.js'
import { count, plural } from '../../design/time.js'
import { isFieldLoaded, isFieldNeeded, withField, withNeeded } from './fields.js'
import { columnChoices, lackOf, modeKey, modesOf, withMode } from './modes.js'
import classes from './new-connection.module.css'

/** By name; a stream that is not there is not loaded. */
export type ChosenStreams = Readonly<Record<string, ConfiguredStreamView>>

/** Who has more filters. */
const shownAtOnce = 100

/** What the source has: which of it is loaded, and how. */
export function StreamChoice({
  streams,
  chosen,
  onChange,
}: {
  streams: readonly DiscoveredDraftStream[]
  chosen: ChosenStreams
  onChange: (chosen: ChosenStreams) => void
}) {
  const [sought, setSought] = useState('')
  const found = streams.filter((stream) => stream.name.toLowerCase().includes(sought.toLowerCase()))
  if (streams.length === 0)
    return <Empty title="The source has no streams">Look whether the user may read its tables.</Empty>
  const set = (names: readonly DiscoveredDraftStream[], isOn: boolean) => {
    const others = Object.entries(chosen).filter(([name]) => !names.some((one) => one.name === name))
    const added = names.map((one) => [one.name, chosen[one.name] ?? one.proposed] as const)
    onChange(Object.fromEntries([...others, ...(isOn ? added : [])]))
  }
  const number = Object.keys(chosen).length
  return (
    <Stack gap={0}>
      <Group className={classes.bar} gap="sm">
        {streams.length > 5 && (
          <TextInput
            size="xs"
            aria-label="Filter the streams"
            placeholder="Filter"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
        )}
        <Text size="sm" c="dimmed" className="digits">
          {count(number)} of {plural(streams.length, 'stream')} chosen
        </Text>
        <Group gap={4} ml="auto">
          <Button variant="subtle" size="compact-sm" onClick={() => set(found, true)}>
            {sought === '' ? 'All' : `All ${count(found.length)} found`}
          </Button>
          <Button variant="subtle" size="compact-sm" onClick={() => set(found, false)}>
            None
          </Button>
        </Group>
      </Group>
      {found.slice(0, shownAtOnce).map((stream) => (
        <StreamRow
          key={stream.name}
          stream={stream}
          chosen={chosen[stream.name]}
          onToggle={(isOn) => set([stream], isOn)}
          onChange={(next) => onChange({ ...chosen, [stream.name]: next })}
        />
      ))}
      {found.length > shownAtOnce && (
        <Text size="sm" c="dimmed" p="md">
          {count(found.length - shownAtOnce)} more: filter by name.
        </Text>
      )}
    </Stack>
  )
}

function StreamRow({
  stream,
  chosen,
  onToggle,
  onChange,
}: {
  stream: DiscoveredDraftStream
  chosen: ConfiguredStreamView | undefined
  onToggle: (isOn: boolean) => void
  onChange: (next: ConfiguredStreamView) => void
}) {
  const [isOpen, setIsOpen] = useState(false)
  const Chevron = isOpen ? IconChevronDown : IconChevronRight
  return (
    <div className={classes.stream}>
      <div className={classes.streamLine}>
        <Checkbox
          className={classes.streamName}
          checked={chosen !== undefined}
          onChange={(event) => onToggle(event.currentTarget.checked)}
          label={<b>{stream.name}</b>}
        />
        {chosen ? <Modes stream={stream} chosen={chosen} onChange={onChange} /> : <span className={classes.modes} />}
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          aria-expanded={isOpen}
          aria-label={`${isOpen ? 'Hide' : 'Show'} the columns of ${stream.name}`}
          rightSection={<Chevron size={14} aria-hidden />}
          onClick={() => setIsOpen(!isOpen)}
        >
          {plural(stream.fields.length, 'column')}
        </Button>
      </div>
      {isOpen && <Columns stream={stream} chosen={chosen} onChange={onChange} />}
    </div>
  )
}

function Modes({
  stream,
  chosen,
  onChange,
}: {
  stream: DiscoveredDraftStream
  chosen: ConfiguredStreamView
  onChange: (next: ConfiguredStreamView) => void
}) {
  const lack = lackOf(stream, chosen)
  const key = (chosen.primaryKey ?? []).map((path) => path[0] ?? '')
  return (
    <div className={classes.modes}>
      <Select
        size="xs"
        aria-label={`How to load ${stream.name}`}
        allowDeselect={false}
        data={modesOf(stream)}
        value={modeKey(chosen)}
        onChange={(value) => value !== null && onChange(withMode(chosen, value))}
      />
      {chosen.destinationSyncMode.endsWith('dedup') && (
        <MultiSelect
          size="xs"
          searchable
          aria-label={`Primary key of ${stream.name}`}
          placeholder={key.length === 0 ? 'Primary key' : undefined}
          error={lack === 'key' ? 'Which columns identify a row?' : undefined}
          data={columnChoices(stream, stream.keyCandidates)}
          value={key}
          onChange={(columns) => onChange(withNeeded({ ...chosen, primaryKey: columns.map((column) => [column]) }))}
        />
      )}
      {chosen.syncMode === 'incremental' && (
        <Select
          size="xs"
          searchable
          clearable={stream.hasOwnCursor}
          aria-label={`Cursor of ${stream.name}`}
          placeholder={stream.hasOwnCursor ? "Cursor: the source's own" : 'Cursor'}
          error={lack === 'cursor' ? 'Which column tells what is new?' : undefined}
          data={columnChoices(stream, stream.cursorCandidates)}
          value={chosen.cursorField?.[0] ?? null}
          onChange={(column) => {
            const { cursorField: _, ...others } = chosen
            onChange(column === null ? others : withNeeded({ ...others, cursorField: [column] }))
          }}
        />
      )}
    </div>
  )
}

/** The columns with their types, what each could serve as, and the first rows. */
function Columns({
  stream,
  chosen,
  onChange,
}: {
  stream: DiscoveredDraftStream
  chosen: ConfiguredStreamView | undefined
  onChange: (next: ConfiguredStreamView) => void
}) {
  const { sample, fields } = stream
  const kindOf = (name: string) =>
    /^(integer|number)/.test(fields.find((field) => field.path === name)?.type ?? '') ? 'decimal' : 'text'
  return (
    <Stack gap="sm" className={classes.columns}>
      <div className={classes.fields}>
        {fields.map((field) => (
          <div key={field.path} className={classes.field}>
            {chosen && (
              <Checkbox
                size="xs"
                aria-label={`Load ${field.path} of ${stream.name}`}
                checked={isFieldLoaded(chosen, field.path)}
                disabled={isFieldNeeded(chosen, field.path)}
                onChange={(event) => onChange(withField(stream, chosen, field.path, event.currentTarget.checked))}
              />
            )}
            <Code>{field.path}</Code>{' '}
            <Text span size="xs" c="dimmed">
              {[
                field.type || 'anything',
                stream.keyCandidates.includes(field.path) && 'could be the key',
                stream.cursorCandidates.includes(field.path) && 'could be the cursor',
              ]
                .filter(Boolean)
                .join(' · ')}
            </Text>
          </div>
        ))}
      </div>
      {sample && sample.rows.length > 0 ? (
        <DataTable
          table={{
            columns: sample.columns.map((name) => ({ name, type: '', kind: kindOf(name) })),
            rows: sample.rows,
            truncated: false,
            durationMs: 0,
          }}
        />
      ) : (
        <Text size="sm" c="dimmed">
          This source shows no rows before the first sync.
        </Text>
      )}
    </Stack>
  )
}
