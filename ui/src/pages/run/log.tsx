import { ActionIcon, Button, CloseButton, Group, SegmentedControl, Text, TextInput, Tooltip } from '@mantine/core'
import { useClipboard, useDebouncedValue } from '@mantine/hooks'
import { IconArrowDown, IconCheck, IconCopy, IconDownload, IconSearch } from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { RunDetail } from '../../../../src/server/contract/index.js'
import { Section } from '../../design/page.js'
import { Lines as LinesShape, Loaded } from '../../design/states.js'
import { count, exactTime, plural } from '../../design/text/time.js'
import { useRunLog } from './events.js'
import classes from './log.module.css'
import { asText, type Level, type LogLine, levels, logLines } from './log-lines.js'
import { stepTitle } from './steps.js'

export interface LogFilter {
  readonly level: Level
  readonly step: string | undefined
  readonly find: string
}

interface LogProps {
  readonly run: RunDetail
  readonly isActive: boolean
  readonly filter: LogFilter
  readonly onFilter: (change: Partial<LogFilter>) => void
}

const lineHeight = 20
const typingMs = 150

/** What the run tells, its newest part first: by level, by step, by word; followed to its end while the run goes on. */
export function Log({ run, isActive, filter, onFilter }: LogProps) {
  const [find] = useDebouncedValue(filter.find.trim().toLowerCase(), typingMs)
  const { log, older } = useRunLog(run.id, { levels: levels[filter.level], step: filter.step, find })
  // The titles of steps do not change once the run is planned.
  const planned = run.steps.length
  // biome-ignore lint/correctness/useExhaustiveDependencies: their number stands for the steps, which come anew with every answer
  const titles = useMemo(() => new Map(run.steps.map((step) => [step.key, stepTitle(step)])), [run.id, planned])
  const clipboard = useClipboard({ timeout: 1500 })
  const lines = useMemo(() => logLines(log.data?.events ?? [], titles), [log.data, titles])
  return (
    <Section
      title="Log"
      isFlush
      aside={
        <Group gap="xs">
          {filter.step !== undefined && (
            <Group gap={2} wrap="nowrap">
              <Text size="sm" truncate maw={220}>
                only {titles.get(filter.step) ?? filter.step}
              </Text>
              <CloseButton size="sm" aria-label="Show every step" onClick={() => onFilter({ step: undefined })} />
            </Group>
          )}
          <Text size="xs" c="dimmed" className="digits">
            {log.data?.hasOlder && 'the last '}
            {plural(lines.length, 'line')}
          </Text>
          <TextInput
            size="xs"
            w={180}
            placeholder="Search"
            aria-label="Search the log"
            leftSection={<IconSearch size={14} aria-hidden />}
            value={filter.find}
            onChange={(event) => onFilter({ find: event.currentTarget.value })}
          />
          <SegmentedControl
            size="xs"
            aria-label="Level"
            data={Object.keys(levels)}
            value={filter.level}
            onChange={(level) => onFilter({ level: level as Level })}
          />
          <Tooltip label={clipboard.copied ? 'Copied' : 'Copy these lines'}>
            <ActionIcon variant="default" aria-label="Copy these lines" onClick={() => clipboard.copy(asText(lines))}>
              {clipboard.copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Download these lines">
            <ActionIcon
              variant="default"
              aria-label="Download these lines"
              component="a"
              download={`run-${run.id}.log`}
              href="#"
              onClick={(event) => {
                event.currentTarget.href = URL.createObjectURL(new Blob([asText(lines)], { type: 'text/plain' }))
              }}
            >
              <IconDownload size={15} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      }
    >
      <Loaded query={log} skeleton={<LinesShape number={8} />}>
        {({ hasOlder }) => (
          <Lines
            lines={lines}
            find={find}
            isActive={isActive}
            onStep={(step) => onFilter({ step })}
            older={
              hasOlder && (
                <Button
                  size="compact-xs"
                  variant="default"
                  my={4}
                  mx="sm"
                  loading={older.isPending}
                  onClick={() => older.mutate()}
                >
                  Show older lines
                </Button>
              )
            }
          />
        )}
      </Loaded>
    </Section>
  )
}

interface LinesProps {
  readonly lines: readonly LogLine[]
  readonly find: string
  readonly isActive: boolean
  readonly onStep: (step: string) => void
  /** Stands before the first one. */
  readonly older: ReactNode
}

/** Only the lines on the screen are drawn. New ones move the view as long as the reader stays at the end. */
const Lines = memo(function Lines({ lines, find, isActive, onStep, older }: LinesProps) {
  const box = useRef<HTMLDivElement>(null)
  const [isFollowing, setFollowing] = useState(isActive)
  const [seen, setSeen] = useState(lines.length)
  const list = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 30,
    getItemKey: (index) => lines[index]?.id ?? index,
  })
  useEffect(() => {
    if (!isFollowing || !isActive) return
    if (lines.length > 0) list.scrollToIndex(lines.length - 1, { align: 'end' })
    setSeen(lines.length)
  }, [lines.length, isFollowing, isActive, list])
  // Older ones come above what is read, which stays where it is.
  const first = useRef(lines[0]?.id)
  useLayoutEffect(() => {
    const at = lines.findIndex((line) => line.id === first.current)
    if (at > 0 && !isFollowing) list.scrollToIndex(at, { align: 'start' })
    first.current = lines[0]?.id
  }, [lines, isFollowing, list])
  const unread = Math.max(0, lines.length - seen)
  const items = list.getVirtualItems()
  return (
    <div className={classes.box}>
      <div
        ref={box}
        className={classes.log}
        role="log"
        aria-label="Log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          const isAtEnd = scrollTop + clientHeight >= scrollHeight - 2 * lineHeight
          if (isFollowing && !isAtEnd) setSeen(lines.length)
          setFollowing(isAtEnd)
        }}
      >
        {older}
        {lines.length === 0 && (
          <Text size="sm" c="dimmed" px="sm" ff="text">
            {isActive ? 'Nothing yet.' : 'No line of this run is like that: ask for another level, step or word.'}
          </Text>
        )}
        <div style={{ height: list.getTotalSize(), position: 'relative' }}>
          <div style={{ position: 'absolute', insetInline: 0, top: items[0]?.start ?? 0 }}>
            {items.map((item) => {
              const line = lines[item.index]
              return (
                line && (
                  <div
                    key={item.key}
                    ref={list.measureElement}
                    data-index={item.index}
                    className={classes.line}
                    data-level={line.level}
                  >
                    <Line line={line} find={find} onStep={onStep} />
                  </div>
                )
              )
            })}
          </div>
        </div>
      </div>
      {isActive && !isFollowing && (
        <Button
          className={classes.more ?? ''}
          size="xs"
          leftSection={<IconArrowDown size={14} aria-hidden />}
          onClick={() => setFollowing(true)}
        >
          Follow{unread > 0 ? ` (${count(unread)} new)` : ''}
        </Button>
      )}
    </div>
  )
})

/** The level by a letter, too: colour is never the only sign. */
const letters: Readonly<Record<string, string>> = { debug: '·', info: ' ', warn: 'W', error: 'E' }

function Line({ line, find, onStep }: { line: LogLine; find: string; onStep: (step: string) => void }) {
  return (
    <>
      <time dateTime={line.at} title={exactTime(line.at)} className={classes.time}>
        {new Date(line.at).toLocaleTimeString('en-GB')}
      </time>
      <span title={line.level}>{letters[line.level]}</span>
      <button
        type="button"
        className={classes.step}
        title={line.step === undefined ? 'The run itself' : `Only ${line.who}`}
        disabled={line.step === undefined}
        onClick={() => line.step !== undefined && onStep(line.step)}
      >
        {line.who}
      </button>
      <span className={classes.text}>
        <Found text={line.text} find={find} />
      </span>
    </>
  )
}

function Found({ text, find }: { text: string; find: string }) {
  if (find === '') return text
  const parts: React.ReactNode[] = []
  let from = 0
  for (let at = text.toLowerCase().indexOf(find); at >= 0; at = text.toLowerCase().indexOf(find, from)) {
    parts.push(
      text.slice(from, at),
      <mark key={at} className={classes.hit}>
        {text.slice(at, at + find.length)}
      </mark>,
    )
    from = at + find.length
  }
  return [...parts, text.slice(from)]
}
