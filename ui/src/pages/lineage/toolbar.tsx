import {
  ActionIcon,
  Button,
  CloseButton,
  Code,
  Group,
  HoverCard,
  Popover,
  ScrollArea,
  Stack,
  Text,
  TextInput,
  UnstyledButton,
} from '@mantine/core'
import { IconChevronDown, IconHelp, IconSearch } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { Status } from '../../design/status.js'
import { count } from '../../design/text/time.js'
import type { FoldedGroup } from './fold.js'

const typingMs = 200

const syntax: readonly (readonly [string, string])[] = [
  ['delays', 'assets with this in their key'],
  ['+mart_x', 'mart_x and all that it needs'],
  ['mart_x+2', 'mart_x and two steps of what needs it'],
  ['group:staging kind:seed', 'the group, and all seeds'],
  ['tag:daily,kind:model', 'models with this tag'],
  ['* not status:fresh', 'all that is not fresh'],
  ['(tag:daily or roots(*)) and +x', 'whatever runs can select'],
  ['config.materialized:view', 'what dbt selects so'],
]

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable=true]') !== null

/** Filters by the selection syntax; what is typed goes into the URL a moment later. `/` leads here from the rest of the page. */
export function FilterInput({
  value,
  found,
  total,
  onChange,
}: {
  value: string
  found: number
  total: number
  onChange: (q: string) => void
}) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  useEffect(() => {
    if (text === value) return
    const timer = window.setTimeout(() => onChange(text), typingMs)
    return () => window.clearTimeout(timer)
  }, [text, value, onChange])
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // By the letter, not by the key: on many keyboards it takes Shift.
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      event.preventDefault()
      input.current?.focus()
      input.current?.select()
    }
    window.addEventListener('keydown', onKeyDown)
    return () => window.removeEventListener('keydown', onKeyDown)
  }, [])
  return (
    <Group gap={4} wrap="nowrap" flex={{ base: '1 1 100%', sm: '0 1 420px' }}>
      <TextInput
        ref={input}
        size="xs"
        flex={1}
        aria-label="Filter"
        placeholder="Search, or +name, name+, group:…, status:…"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        rightSectionWidth={text ? 104 : 0}
        rightSection={
          text && (
            <Group gap={2} wrap="nowrap">
              <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                {count(found)} of {count(total)}
              </Text>
              <CloseButton size="xs" aria-label="Clear the filter" onClick={() => onChange('')} />
            </Group>
          )
        }
      />
      <HoverCard width={330} position="bottom-end" withinPortal>
        <HoverCard.Target>
          <ActionIcon variant="subtle" color="gray" aria-label="How to filter">
            <IconHelp size={16} aria-hidden />
          </ActionIcon>
        </HoverCard.Target>
        <HoverCard.Dropdown>
          <Stack gap={4}>
            {syntax.map(([word, meaning]) => (
              <Text size="xs" key={word}>
                <Code>{word}</Code> {meaning}
              </Text>
            ))}
          </Stack>
        </HoverCard.Dropdown>
      </HoverCard>
    </Group>
  )
}

interface GroupsProps {
  readonly groups: readonly FoldedGroup[]
  readonly isFolded: (group: string) => boolean
  readonly onToggle: (group: string) => void
  readonly onAll: (isFolded: boolean) => void
}

/** Which groups are one card, and which show their assets. */
export function GroupsButton({ groups, isFolded, onToggle, onAll }: GroupsProps) {
  const folded = groups.filter((group) => isFolded(group.group)).length
  return (
    <Popover width={320} position="bottom-end" trapFocus withinPortal>
      <Popover.Target>
        <Button size="xs" variant="default" rightSection={<IconChevronDown size={14} aria-hidden />}>
          {groups.length} groups{folded > 0 ? `, ${folded} folded` : ''}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs">
        <Group gap="xs" mb={4}>
          <Button size="compact-xs" variant="default" onClick={() => onAll(true)}>
            Fold all
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => onAll(false)}>
            Unfold all
          </Button>
        </Group>
        <ScrollArea.Autosize mah={320}>
          {groups.map((group) => (
            <UnstyledButton
              key={group.group}
              w="100%"
              py={3}
              aria-expanded={!isFolded(group.group)}
              onClick={() => onToggle(group.group)}
            >
              <Group gap="xs" wrap="nowrap">
                <Text size="sm" truncate flex={1}>
                  {isFolded(group.group) ? '▸' : '▾'} {group.group}
                </Text>
                <Text size="xs" c="dimmed">
                  {count(group.assets.length)}
                </Text>
                <Status value={group.health} />
              </Group>
            </UnstyledButton>
          ))}
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  )
}
