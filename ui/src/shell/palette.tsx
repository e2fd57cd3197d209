import '@mantine/spotlight/styles.layer.css'
import { Group, Text, useMantineColorScheme } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { createSpotlight, Spotlight } from '@mantine/spotlight'
import {
  IconActivity,
  IconBox,
  IconClockPlay,
  IconColumns3,
  IconMoon,
  IconPlayerPlay,
  IconPlugConnected,
  IconRefresh,
  IconSearch,
  IconSettings,
} from '@tabler/icons-react'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import type { SearchAnswer, SearchHit } from '../../../src/server/contract/index.js'
import { selectionWord } from '../../../src/server/contract/selection.js'
import { get, post, segment } from '../api/client.js'
import { useMay } from '../api/session.js'
import { MaterializeDialog } from '../design/runs/materialize-button.js'
import { asApiError } from '../design/states.js'
import { Status } from '../design/status.js'
import { relativeTime } from '../design/text/time.js'
import { otherPages, pages } from './pages.js'
import classes from './palette.module.css'

interface Entry {
  readonly id: string
  readonly label: string
  readonly detail?: ReactNode
  readonly Icon: typeof IconBox
  readonly onClick: () => void
}
interface Shelf {
  readonly title: string
  readonly entries: readonly Entry[]
}

const [paletteStore, palette] = createSpotlight()
const typingMs = 120

/** Finds any page, asset, column, connection, schedule, run, and what can be done with them. Opens whenever `opened` rises. */
export function Palette({ opened }: { opened: number }) {
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text.trim(), typingMs)
  const [selection, setSelection] = useState<string>()
  const found = useQuery({
    queryKey: ['search', asked],
    queryFn: () => get<SearchAnswer>(`/search?limit=24&q=${segment(asked)}`),
    enabled: asked !== '',
    placeholderData: keepPreviousData,
  })
  useEffect(() => {
    if (opened === 0) return
    setText('')
    palette.open()
  }, [opened])
  const shelves = useShelves(text, asked === '' ? [] : (found.data?.hits ?? []), setSelection)
  // Whoever types fast presses Enter before the answer is there: it then counts for the first of the new list.
  const isBehind = asked !== text.trim() || found.isFetching
  const isHasty = useRef(false)
  const first = shelves[0]?.entries[0]
  useEffect(() => {
    if (isBehind) return
    selectFirst()
    if (isHasty.current) {
      isHasty.current = false
      palette.close()
      first?.onClick()
    }
  }, [isBehind, first])
  return (
    <>
      <Spotlight.Root
        store={paletteStore}
        query={text}
        onQueryChange={setText}
        shortcut={null}
        clearQueryOnClose={false}
        size={640}
        yOffset="12vh"
        centered={false}
        overlayProps={{ backgroundOpacity: 0.35, blur: 1 }}
        transitionProps={{ duration: 80 }}
      >
        <div
          onKeyDownCapture={(event) => {
            if (event.key !== 'Enter' || !isBehind) return
            event.preventDefault()
            event.stopPropagation()
            isHasty.current = true
          }}
        >
          <Spotlight.Search
            placeholder="Find an asset, column, connection, run or action"
            aria-label="Search"
            leftSection={<IconSearch size={17} aria-hidden />}
          />
        </div>
        <Spotlight.ActionsList className={classes.list}>
          {shelves.map(({ title, entries }) => (
            <Spotlight.ActionsGroup key={title} label={title}>
              {entries.map((entry) => (
                <Spotlight.Action key={entry.id} onClick={entry.onClick} className={classes.entry}>
                  <Group gap="sm" wrap="nowrap" w="100%" miw={0}>
                    <entry.Icon size={17} stroke={1.7} aria-hidden style={{ flexShrink: 0 }} />
                    <Text truncate className={classes.entryName}>
                      {entry.label}
                    </Text>
                    <Text size="xs" c="dimmed" truncate component="span" className={classes.entryDetail}>
                      {entry.detail}
                    </Text>
                  </Group>
                </Spotlight.Action>
              ))}
            </Spotlight.ActionsGroup>
          ))}
          {shelves.length === 0 && (
            <Spotlight.Empty>{isBehind ? 'Looking …' : `Nothing is called “${text}”.`}</Spotlight.Empty>
          )}
        </Spotlight.ActionsList>
      </Spotlight.Root>
      {selection !== undefined && (
        <MaterializeDialog selection={selection} isOpen onClose={() => setSelection(undefined)} />
      )}
    </>
  )
}

/** Spotlight chooses the first entry when the text changes; here the entries come later. */
function selectFirst(): void {
  const list = document.getElementById(paletteStore.getState().listId)
  list?.querySelector('[data-selected]')?.removeAttribute('data-selected')
  list?.querySelector('[data-action]')?.setAttribute('data-selected', 'true')
  paletteStore.updateState((state) => ({ ...state, selected: 0 }))
}

function useShelves(text: string, hits: readonly SearchHit[], materialize: (selection: string) => void): Shelf[] {
  const navigate = useNavigate()
  const { toggleColorScheme } = useMantineColorScheme()
  const sync = useMutation({
    mutationFn: (name: string) => post<{ runId: string }>(`/connections/${segment(name)}/sync`),
    onSuccess: ({ runId }) => navigate({ to: '/runs/$id', params: { id: runId } }),
    onError: (error) => notifications.show({ color: 'red', message: asApiError(error).message }),
  })
  const [mayRun, mayMake] = [useMay('editor'), useMay('admin')]
  const word = text.trim().toLowerCase()
  const matches = (label: string) => word === '' || label.toLowerCase().includes(word)
  const only = <Type extends SearchHit['type']>(type: Type) =>
    hits.filter((hit): hit is Extract<SearchHit, { type: Type }> => hit.type === type)
  const assets = only('asset')
  const connections = only('connection')
  const toAsset = (key: string) => () => void navigate({ to: '/assets/$key', params: { key } })
  const firstExecutable = assets.find((asset) => asset.isExecutable)
  const shelves: Shelf[] = [
    {
      title: 'Assets',
      entries: assets.map((hit) => ({
        id: hit.key,
        label: hit.key,
        detail: `${hit.kind}${hit.description ? ` · ${hit.description}` : ''}`,
        Icon: IconBox,
        onClick: toAsset(hit.key),
      })),
    },
    {
      title: 'Connections',
      entries: connections.map((hit) => ({
        id: `connection ${hit.name}`,
        label: hit.name,
        detail: `${hit.source} · ${hit.streams.join(', ')}`,
        Icon: IconPlugConnected,
        onClick: () => void navigate({ to: '/connections/$name', params: { name: hit.name } }),
      })),
    },
    {
      title: 'Columns',
      entries: only('column').map((hit) => ({
        id: `column ${hit.asset} ${hit.column}`,
        label: hit.column,
        detail: `${hit.asset}${hit.description ? ` · ${hit.description}` : ''}`,
        Icon: IconColumns3,
        onClick: toAsset(hit.asset),
      })),
    },
    {
      title: 'Automation',
      entries: only('automation').map((hit) => ({
        id: `automation ${hit.name}`,
        label: hit.name,
        detail: `${hit.kind} · ${hit.target}`,
        Icon: IconClockPlay,
        onClick: () => void navigate({ to: '/automation', hash: hit.name }),
      })),
    },
    {
      title: 'Runs',
      entries: only('run').map((hit) => ({
        id: `run ${hit.id}`,
        label: `Run ${hit.id.slice(-8)}`,
        detail: (
          <>
            <Status value={hit.status} /> {relativeTime(hit.createdAt)} · {hit.selection}
          </>
        ),
        Icon: IconActivity,
        onClick: () => void navigate({ to: '/runs/$id', params: { id: hit.id } }),
      })),
    },
    {
      title: 'Actions',
      entries: [
        ...(mayRun ? connections : []).map((hit) => ({
          id: `sync ${hit.name}`,
          label: `Sync ${hit.name} now`,
          Icon: IconRefresh,
          onClick: () => sync.mutate(hit.name),
        })),
        ...(firstExecutable && mayRun
          ? [
              {
                id: `materialize ${firstExecutable.key}`,
                label: `Materialize ${firstExecutable.key} …`,
                Icon: IconPlayerPlay,
                onClick: () => materialize(selectionWord(firstExecutable.key)),
              },
            ]
          : []),
        ...(mayMake
          ? [
              {
                id: 'new-connection',
                label: 'New connection',
                Icon: IconPlugConnected,
                onClick: () => void navigate({ to: '/connections/new', search: {} }),
              },
              {
                id: 'settings',
                label: 'Settings: users, tokens, audit log',
                Icon: IconSettings,
                onClick: () => void navigate({ to: '/settings', search: {} }),
              },
            ]
          : []),
        ...(mayRun
          ? [{ id: 'all', label: 'Materialize everything …', Icon: IconPlayerPlay, onClick: () => materialize('*') }]
          : []),
        { id: 'scheme', label: 'Switch between light and dark', Icon: IconMoon, onClick: toggleColorScheme },
      ].filter((entry) => /^(sync|materialize) /.test(entry.id) || matches(entry.label)),
    },
    {
      title: 'Pages',
      entries: [...pages, ...otherPages]
        .filter((page) => matches(page.label))
        .map((page) => ({
          id: page.to,
          label: page.label,
          Icon: page.Icon,
          onClick: () => void navigate({ to: page.to }),
        })),
    },
  ]
  // Without a word the pages are what one most likely wants.
  if (word === '') shelves.reverse()
  return shelves.filter(({ entries }) => entries.length > 0)
}
