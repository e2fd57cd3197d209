import { SegmentedControl, Skeleton, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Navigate, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { ModelDetailView, ModelEntryView } from '../../../../src/server/contract/index.js'
import { get, segment } from '../../api/client.js'
import { CommandLine } from '../../design/command-line.js'
import { Page, useTitle } from '../../design/page.js'
import { Empty, Lines, Loaded } from '../../design/states.js'
import { count, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import { ModelView } from './model-view.js'
import classes from './models.module.css'
import { matchingModels, modelsCalled, modelTree, type TreeOrder } from './tree.js'
import { TreeView, TypeIcon } from './tree-view.js'

interface Search {
  readonly q?: string | undefined
  readonly by?: string | undefined
  readonly tab?: string | undefined
}

const list = getRouteApi('/models')
const one = getRouteApi('/models/$id')

/** What does this SQL mean? The tree alone. */
export function ModelsPage() {
  return <Models id={undefined} search={list.useSearch()} />
}

/** The same with a model beside it. */
export function ModelPage() {
  const { id } = one.useParams()
  return <Models id={id} search={one.useSearch()} />
}

function Models({ id, search }: { id: string | undefined; search: Search }) {
  const query = useQuery({
    queryKey: ['models'],
    queryFn: () => get<{ models: readonly ModelEntryView[] }>('/models'),
    staleTime: 60_000,
  })
  return (
    <Page title="Models" lead="What the SQL of the dbt project means: code, columns, tests and dependencies.">
      <Loaded query={query} skeleton={<Lines number={12} />}>
        {({ models }) =>
          models.length === 0 ? (
            <Empty title="No dbt project yet">
              Models are listed here as soon as <code>transformation/dbt</code> holds a dbt project.{' '}
              <CommandLine>millrace doctor</CommandLine> says what it finds.
            </Empty>
          ) : (
            <div className={classes.layout} data-open={id !== undefined || undefined}>
              <Side models={models} id={id} search={search} />
              <section aria-label="Model">
                {id === undefined ? (
                  <Nothing models={models} />
                ) : (
                  <Named key={id} id={id} models={models} search={search} />
                )}
              </section>
            </div>
          )
        }
      </Loaded>
    </Page>
  )
}

function Side({ models, id, search }: { models: readonly ModelEntryView[]; id: string | undefined; search: Search }) {
  const navigate = useNavigate()
  const order: TreeOrder = search.by === 'database' ? 'database' : 'folder'
  const found = useMemo(() => matchingModels(models, search.q), [models, search.q])
  const tree = useMemo(() => modelTree(found, order), [found, order])
  const go = (to: string | undefined, change: Partial<Search>, replace: boolean) => {
    const next = { q: search.q, by: search.by, tab: search.tab, ...change }
    void navigate(
      to === undefined
        ? { to: '/models', search: { ...next, tab: undefined }, replace }
        : { to: '/models/$id', params: { id: to }, search: next, replace },
    )
  }
  return (
    <aside className={classes.side}>
      <TextInput
        size="xs"
        aria-label="Find a model"
        placeholder="Find a model, macro, source …"
        leftSection={<IconSearch size={14} aria-hidden />}
        value={search.q ?? ''}
        onChange={(event) => go(id, { q: event.currentTarget.value || undefined }, true)}
      />
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="Order"
        value={order}
        data={[
          { value: 'folder', label: 'By folder' },
          { value: 'database', label: 'By database' },
        ]}
        onChange={(value) => go(id, { by: value === 'database' ? 'database' : undefined }, true)}
      />
      {found.length === 0 ? (
        <Text size="sm" c="dimmed" p="xs">
          Nothing is called so.
        </Text>
      ) : (
        <TreeView
          key={order}
          tree={tree}
          here={id}
          isSearching={search.q !== undefined}
          onOpen={(next) => go(next, {}, false)}
        />
      )}
      <Text size="xs" c="dimmed" role="status">
        {search.q === undefined
          ? plural(models.length, 'resource')
          : `${count(found.length)} of ${count(models.length)} resources`}
      </Text>
    </aside>
  )
}

/** What an address names: as a rule by its id, and where somebody typed it by its name, which leads on. */
function Named({ id, models, search }: { id: string; models: readonly ModelEntryView[]; search: Search }) {
  const meant = useMemo(() => modelsCalled(models, id), [models, id])
  const [first, ...others] = meant
  if (!first) return <One id={id} search={search} />
  if (others.length === 0) return <Navigate to="/models/$id" params={{ id: first.id }} search={search} replace />
  return (
    <Empty title={`${count(meant.length)} resources are called ${id}`}>
      <ul className={classes.meant}>
        {meant.map((one) => (
          <li key={one.id}>
            <TypeIcon type={one.type} materialized={one.materialized} />
            <To to="/models/$id" params={{ id: one.id }} search={search}>
              {one.id}
            </To>
            <span>{one.path}</span>
          </li>
        ))}
      </ul>
    </Empty>
  )
}

function One({ id, search }: { id: string; search: Search }) {
  const query = useQuery({
    queryKey: ['model', id],
    queryFn: () => get<ModelDetailView>(`/models/${segment(id)}`),
    staleTime: 30_000,
  })
  useTitle(id.split('.').slice(2).join('.') || id)
  return (
    <Loaded query={query} skeleton={<Shape />}>
      {(model) => <ModelView model={model} search={search} />}
    </Loaded>
  )
}

function Nothing({ models }: { models: readonly ModelEntryView[] }) {
  const counts = new Map<string, number>()
  for (const { type } of models) counts.set(type, (counts.get(type) ?? 0) + 1)
  const words = [...counts].map(([type, number]) => plural(number, type.replace('_', ' ')))
  return (
    <Empty title="Pick a model">
      {words.join(', ')}. Type to find one by its name, place, tag or description; arrow keys walk through the tree,
      Enter opens.
    </Empty>
  )
}

function Shape() {
  return (
    <Stack>
      <Skeleton height={26} width={280} />
      <Skeleton height={16} width="60%" />
      <Skeleton height={220} />
      <Skeleton height={320} />
    </Stack>
  )
}
