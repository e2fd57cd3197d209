import { Box, CloseButton, Drawer, Group, Paper, Skeleton, Stack, Title } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ReactFlowProvider } from '@xyflow/react'
import { useCallback, useMemo } from 'react'
import type { AssetSummary, FieldTraceView } from '../../../../src/server/contract/index.js'
import { selectionOf, selectionWord } from '../../../../src/server/contract/selection.js'
import { get, segment } from '../../api/client.js'
import { MaterializeButton } from '../../design/runs/materialize-button.js'
import { asApiError, Empty, ErrorBox, Loaded } from '../../design/states.js'
import { FieldBar } from './field-bar.js'
import { fieldPath, parseField } from './field-path.js'
import { fold, groupsOf } from './fold.js'
import { Graph } from './graph.js'
import { cardHeight, layout } from './layout/index.js'
import { MembersPanel } from './members.js'
import { AssetPanel } from './panel.js'
import { needsServer, select } from './select.js'
import { Strip } from './strip.js'
import { FilterInput, GroupsButton } from './toolbar.js'

const route = getRouteApi('/lineage')
/** From this many assets on, a graph is read group by group first. */
const foldedFrom = 150
/** More cards than this are neither laid out in an instant nor read by anybody. */
const mostCards = 1_000

export function LineagePage() {
  const query = useQuery({ queryKey: ['assets'], queryFn: () => get<{ assets: AssetSummary[] }>('/assets') })
  return (
    <Stack h="calc(100dvh - 48px - 2 * var(--app-shell-padding))" gap="xs">
      <Loaded query={query}>{({ assets }) => <Content assets={assets} />}</Loaded>
    </Stack>
  )
}

function Content({ assets }: { assets: readonly AssetSummary[] }) {
  const { q = '', view, open, at, field } = route.useSearch()
  const navigate = useNavigate()
  const isNarrow = useMediaQuery('(max-width: 62em)')
  const show = useCallback(
    (change: Record<'q' | 'view' | 'open' | 'at', string | undefined> | Record<string, string | undefined>) =>
      void navigate({ to: '/lineage', search: (now) => ({ ...now, ...change }), replace: true }),
    [navigate],
  )
  const { keys, isSelection, isPending, error } = useSelected(assets, q)
  const trace = useFieldTrace(field)
  const path = useMemo(
    () => (field === undefined || !trace.data ? undefined : fieldPath(field, trace.data, assets)),
    [field, trace.data, assets],
  )
  const visible = useMemo(() => path?.assets ?? assets.filter((asset) => keys.has(asset.key)), [assets, keys, path])
  const groups = useMemo(() => groupsOf(visible), [visible])
  const isByGroup = path ? false : view === undefined ? visible.length >= foldedFrom : view === 'groups'
  const isFolded = useMemo(() => {
    const unfolded = new Set((open ?? '').split(','))
    return (group: string) => (isByGroup || visible.length > mostCards) && !unfolded.has(group)
  }, [isByGroup, open, visible.length])
  const nodes = useMemo(() => {
    if (!path) return fold(visible, isFolded)
    return visible.map((asset) => ({
      key: asset.key,
      asset,
      deps: path.deps.get(asset.key) ?? [],
      columns: path.columns.get(asset.key) ?? [],
    }))
  }, [visible, isFolded, path])
  // Only the shape of the graph moves its cards: their state changes all the time.
  const shape = nodes.map((node) => `${node.key}<${node.deps.join(' ')}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape stands for the nodes
  const places = useMemo(() => layout(nodes.map(({ key, deps }) => ({ key, deps, height: cardHeight }))), [shape])
  const setFolds = (unfolded: readonly string[]) =>
    show({ view: 'groups', open: unfolded.length > 0 ? unfolded.join(',') : undefined, at: undefined })
  const unfolded = groups.map((group) => group.group).filter((group) => !isFolded(group))
  const toggle = (group: string) => {
    if (!isFolded(group)) return setFolds(unfolded.filter((one) => one !== group))
    const members = groups.find((one) => one.group === group)?.assets.length ?? 0
    if (nodes.length + members > mostCards) show({ at: `group:${group}` })
    else setFolds([...unfolded, group])
  }
  const focus = at !== undefined && nodes.some((node) => node.key === at) ? at : undefined
  const asset = visible.find((one) => one.key === at)
  const crowd = groups.find((one) => `group:${one.group}` === at)
  const panel = asset ? (
    <AssetPanel
      key={asset.key}
      asset={asset}
      onFocus={(key) =>
        show(
          visible.some((one) => one.key === key)
            ? { at: key }
            : { at: key, field: undefined, q: `1+${selectionWord(key)}+1` },
        )
      }
      onFollow={(column) => show({ field: `${asset.key}.${column}` })}
      onFilter={(filter) => show({ q: filter, view: undefined, open: undefined, field: undefined })}
      onFold={toggle}
    />
  ) : crowd ? (
    <MembersPanel
      group={crowd}
      onPick={(key) => show({ q: `2+${selectionWord(key)}+2`, view: 'assets', open: undefined, at: key })}
    />
  ) : undefined
  const isAll = visible.length === assets.length
  const onFilter = useCallback((filter: string) => show({ q: filter || undefined, field: undefined }), [show])
  const close = () => show({ at: undefined })
  return (
    <ReactFlowProvider>
      <Group justify="space-between" gap="xs">
        <Title order={1}>Lineage</Title>
        <Group gap="xs" flex={{ base: '1 1 100%', sm: '1 1 0' }} justify="flex-end" wrap="wrap">
          <FilterInput value={q} found={visible.length} total={assets.length} onChange={onFilter} />
          {groups.length > 1 && !path && (
            <GroupsButton
              groups={groups}
              isFolded={isFolded}
              onToggle={toggle}
              onAll={(isOn) => (isOn ? setFolds([]) : show({ view: 'assets', open: undefined }))}
            />
          )}
          {visible.some((one) => one.isExecutable) && (
            <MaterializeButton
              selection={isAll ? '*' : isSelection ? q : selectionOf(visible.map((one) => one.key))}
              label={isAll ? 'Materialize all' : `Materialize these ${visible.length}`}
            />
          )}
        </Group>
      </Group>
      {field !== undefined && (
        <FieldBar field={field} notes={path?.notes ?? []} onEnd={() => show({ field: undefined })} />
      )}
      {field !== undefined && trace.error ? (
        <ErrorBox error={asApiError(trace.error)} />
      ) : field !== undefined && !path ? (
        <Skeleton flex={1} mih={300} aria-busy aria-label="Following the field" />
      ) : assets.length === 0 ? (
        <Empty title="No assets">Add a connection below extract_load or a model to the dbt project.</Empty>
      ) : isPending ? (
        <Skeleton flex={1} mih={300} aria-busy aria-label="Looking for what the filter means" />
      ) : error ? (
        <ErrorBox error={asApiError(error)} />
      ) : visible.length === 0 ? (
        <Empty title="Nothing matches">Filter by a part of a key, group:, kind:, tag:, owner: or status:.</Empty>
      ) : (
        <>
          <Group
            flex={1}
            mih={300}
            gap={0}
            wrap="nowrap"
            align="stretch"
            style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 4, overflow: 'hidden' }}
          >
            <Graph
              nodes={nodes}
              layout={places}
              focus={focus}
              onFocus={(key) => show({ at: key })}
              onUnfold={toggle}
              onOpen={(key) => void navigate({ to: '/assets/$key', params: { key }, search: {} })}
            />
            {panel && !isNarrow && (
              <Paper
                w={340}
                p="sm"
                radius={0}
                pos="relative"
                component="aside"
                aria-label="Details"
                style={{ borderLeft: '1px solid var(--mantine-color-default-border)', overflow: 'auto', flexShrink: 0 }}
              >
                <CloseButton pos="absolute" top={8} right={8} aria-label="Close" onClick={close} />
                {panel}
              </Paper>
            )}
          </Group>
          <Strip assets={visible} layout={places} onStatus={(health) => onFilter(`status:${health}`)} />
        </>
      )}
      <Drawer
        opened={panel !== undefined && (isNarrow ?? false)}
        onClose={close}
        position="bottom"
        size="100%"
        title="Details"
        closeButtonProps={{ 'aria-label': 'Back to the graph' }}
      >
        <Box h="calc(100dvh - 90px)">{panel}</Box>
      </Drawer>
    </ReactFlowProvider>
  )
}

const none: ReadonlySet<string> = new Set()

/** What a filter means, by the server where it takes one. */
function useSelected(assets: readonly AssetSummary[], filter: string) {
  const isAsked = needsServer(filter)
  const asked = useQuery({
    queryKey: ['selection', filter],
    queryFn: () => get<{ keys: string[] }>(`/selection?q=${segment(filter)}`),
    enabled: isAsked,
    // While the next one is asked for, the graph stays.
    placeholderData: keepPreviousData,
    retry: false,
  })
  const here = useMemo(() => select(assets, filter), [assets, filter])
  const there = useMemo(() => asked.data && new Set(asked.data.keys), [asked.data])
  if (!isAsked) return { ...here, isPending: false, error: undefined }
  // What means nothing, or is not known yet, is nothing: never all of it.
  return { keys: (!asked.error && there) || none, isSelection: true, isPending: asked.isPending, error: asked.error }
}

/** The way of a field, as the engine tells it. */
function useFieldTrace(field: string | undefined) {
  const { asset, column } = parseField(field ?? '')
  return useQuery({
    queryKey: ['trace', field],
    queryFn: () => get<FieldTraceView>(`/assets/${segment(asset)}/fields/${segment(column)}`),
    enabled: field !== undefined,
    staleTime: 30_000,
    retry: false,
  })
}
