import { Autocomplete, Group, SegmentedControl, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useId, useState } from 'react'
import type { AutomationNames, SearchAnswer } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { isBackfill } from '../../design/runs/run-words.js'

interface Search {
  readonly status?: string | undefined
  readonly trigger?: string | undefined
  readonly asset?: string | undefined
  readonly tag?: string | undefined
  /** Days: `2024-01-31`. */
  readonly since?: string | undefined
  readonly until?: string | undefined
}

const statuses = [
  { label: 'All', value: '' },
  { label: 'Active', value: 'queued,starting,running,cancelling' },
  { label: 'Failed', value: 'failed' },
  { label: 'Succeeded', value: 'succeeded' },
  { label: 'Cancelled', value: 'cancelled' },
]
const starts = [
  { label: 'by hand, on the web', value: 'manual' },
  { label: 'command line', value: 'cli' },
  { label: 're-run', value: 'rerun' },
  { label: 'retry after a failure', value: 'retry' },
  { label: 'any backfill', value: 'backfill' },
  { label: 'first start', value: 'start' },
  { label: 'any schedule', value: 'schedule' },
  { label: 'any sensor', value: 'sensor' },
  { label: 'any condition', value: 'automation' },
]

/** What is listed; the address holds it. @param children what can be done with all of it */
export function RunFilters({ search, children }: { search: Search; children: ReactNode }) {
  const navigate = useNavigate()
  const automations = useQuery({
    queryKey: ['automation-names'],
    queryFn: () => get<AutomationNames>('/automation/names'),
    staleTime: 30_000,
  })
  const names = automations.data?.names ?? []
  // One that is gone, or a backfill, has runs all the same.
  const { trigger } = search
  const isOther = trigger !== undefined && !names.includes(trigger) && !starts.some(({ value }) => value === trigger)
  const change = (changed: Search) =>
    void navigate({ to: '/runs', search: { ...search, before: undefined, ...changed }, replace: true })
  const isKnown = statuses.some((one) => one.value === (search.status ?? ''))
  return (
    <Group gap="xs">
      <SegmentedControl
        size="xs"
        aria-label="Status"
        data={isKnown ? statuses : [...statuses, { label: search.status ?? '', value: search.status ?? '' }]}
        value={search.status ?? ''}
        onChange={(value) => change({ status: value || undefined })}
      />
      <Select
        size="xs"
        clearable
        searchable
        placeholder="Any trigger"
        aria-label="Trigger"
        w={148}
        data={[
          { group: 'Started', items: starts },
          {
            group: 'Schedules and sensors',
            items: names.map((name) => ({ label: name, value: name })),
          },
          ...(isOther ? [{ group: 'Chosen', items: [{ label: otherWords(trigger), value: trigger }] }] : []),
        ]}
        value={search.trigger ?? null}
        onChange={(value) => change({ trigger: value ?? undefined })}
      />
      <AssetFilter value={search.asset} onChange={(asset) => change({ asset })} />
      <TagFilter key={search.tag ?? ''} value={search.tag} onChange={(tag) => change({ tag })} />
      <Day label="From" value={search.since} onChange={(since) => change({ since })} />
      <Day label="To" value={search.until} onChange={(until) => change({ until })} />
      {children}
    </Group>
  )
}

const otherWords = (trigger: string) => (isBackfill(trigger) ? `backfill ${trigger.slice(-8)}` : trigger)

/** `team=finance`, or `team` for any value; it counts when it is left or Enter is pressed. */
function TagFilter({
  value = '',
  onChange,
}: {
  value: string | undefined
  onChange: (tag: string | undefined) => void
}) {
  const [text, setText] = useState(value)
  const done = () => text.trim() !== value && onChange(text.trim() || undefined)
  return (
    <TextInput
      size="xs"
      placeholder="Any tag"
      aria-label="Tag, as key=value"
      w={120}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={done}
      onKeyDown={(event) => event.key === 'Enter' && done()}
    />
  )
}

function Day({
  label,
  value,
  onChange,
}: {
  label: string
  value: string | undefined
  onChange: (day: string | undefined) => void
}) {
  const id = useId()
  return (
    <Group gap={4} wrap="nowrap">
      <Text component="label" htmlFor={id} size="xs" c="dimmed">
        {label}
      </Text>
      <TextInput
        id={id}
        type="date"
        size="xs"
        w={124}
        value={value ?? ''}
        onChange={(event) => onChange(event.currentTarget.value || undefined)}
      />
    </Group>
  )
}

const typingMs = 150

function AssetFilter({
  value,
  onChange,
}: {
  value: string | undefined
  onChange: (asset: string | undefined) => void
}) {
  const [text, setText] = useState(value ?? '')
  const [asked] = useDebouncedValue(text.trim(), typingMs)
  useEffect(() => setText(value ?? ''), [value])
  const found = useQuery({
    queryKey: ['search', asked],
    queryFn: () => get<SearchAnswer>(`/search?limit=20&q=${segment(asked)}`),
    enabled: asked !== '' && asked !== value,
  })
  const keys = (found.data?.hits ?? []).flatMap((hit) => (hit.type === 'asset' ? [hit.key] : []))
  return (
    <Autocomplete
      size="xs"
      placeholder="Any asset"
      aria-label="Asset"
      w={176}
      clearable
      data={keys}
      // The server has chosen already; what matches in its eyes need not contain the text.
      filter={({ options }) => options}
      value={text}
      onChange={(next) => {
        setText(next)
        if (next === '') onChange(undefined)
      }}
      onOptionSubmit={onChange}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && keys.includes(text)) onChange(text)
      }}
    />
  )
}
