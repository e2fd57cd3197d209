import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconSearch } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState } from 'react'
import type { DestinationConnectorView, DiscoveredDraftStream } from '../../../../src/server/contract/index.js'
import { Empty } from '../../design/states.js'
import { count, plural } from '../../design/text/time.js'
import type { ChosenStreams, StreamProblem } from './made.js'
import { asWritable, lackOf, modeKey, modesOf, withMode } from './modes.js'
import classes from './new-connection.module.css'
import { type StreamProps, StreamRow } from './stream-row.js'

interface StreamListProps {
  readonly streams: readonly DiscoveredDraftStream[]
  readonly chosen: ChosenStreams
  readonly destination: DestinationConnectorView
  readonly places: ReadonlyMap<string, string | undefined>
  readonly problem: StreamProblem | undefined
  readonly loadPreview: StreamProps['loadPreview']
  readonly onChange: (chosen: ChosenStreams) => void
}

type Shown = 'all' | 'chosen' | 'others' | 'open'

/** What the source has: which of it is loaded, and how. Of many streams only those near the visible part are drawn. */
export function StreamList({ streams, chosen, destination, places, problem, loadPreview, onChange }: StreamListProps) {
  const [sought, setSought] = useState('')
  const [shown, setShown] = useState<Shown>('all')
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set())
  if (streams.length === 0)
    return <Empty title="The source has no streams">Look whether the user may read its tables.</Empty>
  const isOpen = (stream: DiscoveredDraftStream) => {
    const one = chosen[stream.name]
    return one !== undefined && (lackOf(stream, one) !== undefined || problem?.stream === stream.name)
  }
  const found = streams.filter(
    (stream) =>
      stream.name.toLowerCase().includes(sought.trim().toLowerCase()) &&
      (shown === 'all' ||
        (shown === 'open' ? isOpen(stream) : (chosen[stream.name] !== undefined) === (shown === 'chosen'))),
  )
  const set = (names: readonly DiscoveredDraftStream[], isOn: boolean) => {
    const others = Object.entries(chosen).filter(([name]) => !names.some((one) => one.name === name))
    const added = names.map(
      (one) => [one.name, chosen[one.name] ?? asWritable(one.proposed, destination.modes)] as const,
    )
    onChange(Object.fromEntries([...others, ...(isOn ? added : [])]))
  }
  return (
    <Stack gap={0}>
      {streams.length > 1 && (
        <Toolbar
          streams={streams}
          found={found}
          chosen={chosen}
          destination={destination}
          open={streams.filter(isOpen).length}
          sought={sought}
          shown={shown}
          onSeek={setSought}
          onShow={setShown}
          onSet={set}
          onChange={onChange}
        />
      )}
      {found.length > 0 && (
        // Every field says itself what it is, and of which stream.
        <div className={`${classes.streamLine} ${classes.heads}`} aria-hidden>
          <span>Stream{destination.isWarehouse ? ', table' : ''}</span>
          <div className={classes.modes}>
            <span>How it is read and written</span>
            <span>Primary key</span>
            <span>Cursor</span>
          </div>
          <span className={classes.opener}>Fields, mappers</span>
        </div>
      )}
      {found.length === 0 && (
        <Text size="sm" c="dimmed" p="md">
          No stream is like that.
        </Text>
      )}
      <Rows
        streams={found}
        row={(stream) => (
          <StreamRow
            stream={stream}
            chosen={chosen[stream.name]}
            destination={destination}
            place={places.get(stream.name)}
            problem={problem?.stream === stream.name ? problem : undefined}
            loadPreview={loadPreview}
            isOpen={opened.has(stream.name)}
            onOpen={(isOn) =>
              setOpened(
                (known) => new Set([...known].filter((name) => name !== stream.name).concat(isOn ? stream.name : [])),
              )
            }
            onToggle={(isOn) => set([stream], isOn)}
            onChange={(next) => onChange({ ...chosen, [stream.name]: next })}
          />
        )}
      />
    </Stack>
  )
}

function Toolbar({
  streams,
  found,
  chosen,
  destination,
  open,
  sought,
  shown,
  onSeek,
  onShow,
  onSet,
  onChange,
}: Pick<StreamListProps, 'streams' | 'chosen' | 'destination' | 'onChange'> & {
  found: readonly DiscoveredDraftStream[]
  /** How many streams need something. */
  open: number
  sought: string
  shown: Shown
  onSeek: (text: string) => void
  onShow: (shown: Shown) => void
  onSet: (streams: readonly DiscoveredDraftStream[], isOn: boolean) => void
}) {
  const number = Object.keys(chosen).length
  const isPart = found.length < streams.length
  const changed = found.filter((stream) => chosen[stream.name])
  const setMode = (key: string) => {
    const able = changed.filter(
      (stream) => key === proposedMode || modesOf(stream, destination.modes).some(({ value }) => value === key),
    )
    const next = able.map((stream) => {
      const one = chosen[stream.name] ?? stream.proposed
      const mode = key === proposedMode ? modeKey(asWritable(stream.proposed, destination.modes)) : key
      return [stream.name, withMode(stream, one, mode)] as const
    })
    onChange({ ...chosen, ...Object.fromEntries(next) })
    const rest = changed.length - able.length
    notifications.show({
      message: `${plural(able.length, 'stream')} changed${rest > 0 ? `; ${plural(rest, 'stream')} cannot be read or written so` : ''}.`,
    })
  }
  return (
    <Group className={classes.bar} gap="sm">
      <TextInput
        size="xs"
        aria-label="Search the streams"
        placeholder="Search"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={sought}
        onChange={(event) => onSeek(event.currentTarget.value)}
      />
      <SegmentedControl
        size="xs"
        aria-label="Show"
        data={[
          { value: 'all', label: `All ${count(streams.length)}` },
          { value: 'chosen', label: `Chosen ${count(number)}` },
          { value: 'others', label: 'Others' },
          ...(open > 0 || shown === 'open' ? [{ value: 'open', label: `To do ${count(open)}` }] : []),
        ]}
        value={shown}
        onChange={(value) => onShow(value as Shown)}
      />
      <Group gap={4} ml="auto">
        <Button variant="subtle" size="compact-sm" onClick={() => onSet(found, true)}>
          {isPart ? `Choose these ${count(found.length)}` : 'Choose all'}
        </Button>
        <Button variant="subtle" size="compact-sm" onClick={() => onSet(found, false)}>
          {isPart ? 'None of these' : 'None'}
        </Button>
        <Select
          size="xs"
          w={232}
          aria-label={`Mode of ${plural(changed.length, 'chosen stream')}`}
          placeholder={`Mode of ${plural(changed.length, 'stream')} …`}
          disabled={changed.length === 0}
          data={[{ value: proposedMode, label: 'As proposed' }, ...bulkModes(changed, destination)]}
          value={null}
          onChange={(value) => value !== null && setMode(value)}
        />
      </Group>
    </Group>
  )
}

const proposedMode = 'proposed'

/** The modes that some of these streams have. */
const bulkModes = (streams: readonly DiscoveredDraftStream[], { modes }: DestinationConnectorView) =>
  modesOf({ supportedSyncModes: [...new Set(streams.flatMap((stream) => stream.supportedSyncModes))] }, modes)

const virtualFrom = 60
const rowHeight = 57

/** Rows of whatever height; many of them in a box of their own. */
function Rows({
  streams,
  row,
}: {
  streams: readonly DiscoveredDraftStream[]
  row: (stream: DiscoveredDraftStream) => React.ReactNode
}) {
  const box = useRef<HTMLDivElement>(null)
  const isVirtual = streams.length > virtualFrom
  const list = useVirtualizer({
    count: streams.length,
    enabled: isVirtual,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => streams[index]?.name ?? index,
    overscan: 8,
  })
  const items = isVirtual
    ? list
        .getVirtualItems()
        .map(({ index, start }) => ({ index, style: { position: 'absolute', top: start } as const }))
    : streams.map((_, index) => ({ index, style: undefined }))
  return (
    <div ref={box} className={isVirtual ? classes.box : undefined}>
      <ul className={classes.streams} style={isVirtual ? { height: list.getTotalSize() } : undefined}>
        {items.map(({ index, style }) => {
          const stream = streams[index]
          return (
            stream && (
              <li
                key={stream.name}
                ref={isVirtual ? list.measureElement : undefined}
                data-index={index}
                aria-setsize={streams.length}
                aria-posinset={index + 1}
                className={classes.stream}
                style={style}
              >
                {row(stream)}
              </li>
            )
          )
        })}
      </ul>
    </div>
  )
}
