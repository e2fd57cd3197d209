import { Button, Group, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { RunSummary } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { CommandLine } from '../../design/command-line.js'
import { Page, Section } from '../../design/page.js'
import { Backfills, OneBackfill } from '../../design/runs/backfills.js'
import { MaterializeButton } from '../../design/runs/materialize-button.js'
import { isBackfill } from '../../design/runs/run-words.js'
import { Empty, Loaded, TableShape } from '../../design/states.js'
import { CancelThese } from './cancel-these.js'
import { RunFilters } from './run-filters.js'
import { RunTable } from './run-table.js'
import { useCalm } from './use-calm.js'

const route = getRouteApi('/runs')
const pageSize = 50

interface Answer {
  readonly runs: RunSummary[]
  readonly hasMore: boolean
}

export function RunsPage() {
  const search = route.useSearch()
  const query = useQuery({
    queryKey: ['runs', search],
    queryFn: () => {
      const parameters = new URLSearchParams({ limit: String(pageSize) })
      for (const [name, value] of Object.entries(timed(search))) if (value) parameters.set(name, value)
      return get<Answer>(`/runs?${parameters}`)
    },
    placeholderData: keepPreviousData,
  })
  return (
    <Page title="Runs">
      {/* The address of a backfill: its runs, below how it stands. */}
      {isBackfill(search.trigger) ? <OneBackfill id={search.trigger} /> : <Backfills />}
      <RunFilters search={search}>
        <CancelThese filter={timed(search)} />
      </RunFilters>
      <Section isFlush>
        <Loaded query={query} skeleton={<TableShape rows={10} />}>
          {(answer) => <List answer={answer} />}
        </Loaded>
      </Section>
    </Page>
  )
}

function List({ answer: { runs, hasMore } }: { answer: Answer }) {
  const search = route.useSearch()
  const navigate = useNavigate()
  const { shown, held, show, still } = useCalm(runs)
  if (runs.length === 0) return <NoRuns />
  const last = runs.at(-1)
  return (
    <div {...still}>
      {held > 0 && (
        <Button variant="light" fullWidth radius={0} onClick={show}>
          {held} new {held === 1 ? 'run' : 'runs'}: show
        </Button>
      )}
      <RunTable runs={shown} />
      {(search.before || hasMore) && (
        <Group justify="space-between" p="xs" style={{ borderTop: '1px solid var(--line)' }}>
          <Button
            variant="default"
            disabled={!search.before}
            onClick={() => void navigate({ to: '/runs', search: { ...search, before: undefined } })}
          >
            Newest
          </Button>
          <Text size="sm" c="dimmed">
            {runs.length} runs on this page
          </Text>
          <Button
            variant="default"
            disabled={!hasMore}
            onClick={() => void navigate({ to: '/runs', search: { ...search, before: last?.id } })}
          >
            Older
          </Button>
        </Group>
      )}
    </div>
  )
}

/** Days are those of whoever looks, and the last one belongs to it. */
function timed<T extends { since?: string | undefined; until?: string | undefined }>(search: T): T {
  const at = (day: string | undefined, later: number) => {
    if (day === undefined) return undefined
    const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
    return new Date(year, month - 1, date + later).toISOString()
  }
  return { ...search, since: at(search.since, 0), until: at(search.until, 1) }
}

function NoRuns() {
  const { status, trigger, asset, tag, since, until } = route.useSearch()
  const navigate = useNavigate()
  if (since && until && since > until)
    return (
      <Empty title="No run can match">
        The first day, {since}, is later than the last one, {until}: change From or To above.
      </Empty>
    )
  if (status || trigger || asset || tag || since || until)
    return (
      <Empty title="No runs match">
        <Button variant="default" onClick={() => void navigate({ to: '/runs', search: {} })}>
          Show all runs
        </Button>
      </Empty>
    )
  return (
    <Empty title="No runs yet">
      <Group justify="center" gap="xs" mt={4}>
        <MaterializeButton selection="*" label="Materialize everything" />
        or type <CommandLine>millrace materialize '*'</CommandLine>
      </Group>
    </Empty>
  )
}
