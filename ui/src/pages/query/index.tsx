import {
  ActionIcon,
  Button,
  Card,
  CopyButton,
  Grid,
  Group,
  Select,
  Skeleton,
  Stack,
  Switch,
  Tabs,
  Text,
  Tooltip,
} from '@mantine/core'
import { useLocalStorage } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconCopy, IconDownload, IconLock, IconLockOpen, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import type { ApiError, ApiTable } from '../../../../src/server/contract/index.js'
import { post, postForFile } from '../../api/client.js'
import { useMay } from '../../api/session.js'
import { Page, Section } from '../../design/page.js'
import { StopButton } from '../../design/runs/stop-button.js'
import { asApiError, Empty, ErrorBox, TableShape } from '../../design/states.js'
import { DataTable } from '../../design/tables/data-table.js'
import { asCsv, asTsv, download, save } from '../../design/tables/export.js'
import { lasted, plural } from '../../design/text/time.js'
import { QueryBrowser } from './browser.js'
import { useHistory } from './history.js'
import { completions, useRelations } from './relations.js'
import { ResultPlot } from './result-plot.js'

const CodeEditor = lazy(async () => ({ default: (await import('../../design/code/code-editor.js')).CodeEditor }))
const route = getRouteApi('/query')
const limits = ['500', '2000', '10000']

export function QueryPage() {
  const mayAsk = useMay('editor')
  if (mayAsk) return <Asking />
  return (
    <Page title="Query">
      <Section>
        <Empty title="Queries need the role editor">
          You have the role viewer. Rows of an asset stand on its page; an admin can give you another role.
        </Empty>
      </Section>
    </Page>
  )
}

function Asking() {
  const mayWrite = useMay('admin')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const [draft, setDraft] = useLocalStorage({
    key: 'millrace.query.draft',
    defaultValue: '',
    getInitialValueInEffect: false,
  })
  const [sql, setSql] = useState(search.sql ?? draft)
  const [limit, setLimit] = useState('500')
  const [canWrite, setCanWrite] = useState(false)
  const { past, remember, forget } = useHistory()
  const { relations, isLoading } = useRelations()
  const schema = useMemo(() => completions(relations), [relations])
  const abort = useRef<AbortController>(undefined)
  const run = useMutation({
    mutationFn: (text: string) => {
      abort.current = new AbortController()
      return post<ApiTable>('/query', { sql: text, limit: Number(limit), allowWrite: canWrite }, abort.current.signal)
    },
    onSuccess: (table, text) =>
      remember({ sql: text, at: new Date().toISOString(), rows: table.rows.length, durationMs: table.durationMs }),
    onError: (_, text) => remember({ sql: text, at: new Date().toISOString() }),
  })
  const change = (text: string) => {
    setSql(text)
    setDraft(text)
  }
  // A link may bring a query along, and have it run: once, and reloading the page does not run it again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what came with the address counts
  useEffect(() => {
    if (search.sql === undefined) return
    change(search.sql)
    if (search.run) run.mutate(search.sql)
    void navigate({ to: '/query', search: { sql: search.sql }, replace: true })
  }, [search.sql, search.run])
  const error = run.error && !abort.current?.signal.aborted ? asApiError(run.error) : undefined
  const place = error && placeIn(error, sql)
  // biome-ignore lint/correctness/useExhaustiveDependencies: a place is made anew each time
  const problems = useMemo(() => (place ? [place] : []), [place?.message, place?.line, place?.column])
  return (
    <Page
      title="Query"
      lead={
        canWrite
          ? 'Statements may change the warehouse. What is overwritten or dropped is gone; models and streams can be materialized again.'
          : 'Read-only: a statement that would write is refused before it reaches the warehouse.'
      }
      actions={
        <Switch
          size="sm"
          color="red"
          label="Allow writing"
          disabled={!mayWrite}
          title={mayWrite ? undefined : 'This needs the role admin'}
          checked={canWrite}
          onChange={(event) => setCanWrite(event.currentTarget.checked)}
          thumbIcon={
            canWrite ? <IconLockOpen size={10} aria-hidden /> : <IconLock size={10} color="gray" aria-hidden />
          }
        />
      }
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 9 }}>
          <Stack gap="sm">
            <Suspense fallback={<Skeleton height={172} />}>
              <CodeEditor
                label="SQL"
                value={sql}
                language="sql"
                minHeight={170}
                maxHeight="40vh"
                onChange={change}
                onRun={(text) => text.trim() !== '' && run.mutate(text)}
                schema={schema}
                problems={problems}
              />
            </Suspense>
            <Group gap="xs" justify="space-between">
              <Group gap="xs">
                {run.isPending ? (
                  <StopButton onStop={() => abort.current?.abort()} />
                ) : (
                  <Button
                    leftSection={<IconPlayerPlay size={14} aria-hidden />}
                    disabled={sql.trim() === ''}
                    color={canWrite ? 'red' : undefined}
                    onClick={() => run.mutate(sql)}
                  >
                    Run
                  </Button>
                )}
                <Select
                  size="xs"
                  w={124}
                  aria-label="At most this many rows"
                  allowDeselect={false}
                  data={limits.map((value) => ({ value, label: `${Number(value).toLocaleString('en-US')} rows` }))}
                  value={limit}
                  onChange={(value) => setLimit(value ?? '500')}
                />
                <Text size="xs" c="dimmed" visibleFrom="sm">
                  Ctrl Enter runs it, or the part that is selected
                </Text>
              </Group>
              {run.data && <ResultActions table={run.data} sql={run.variables ?? sql} />}
            </Group>
            {error && <ErrorBox error={explained(error, sql, place)} />}
            {run.isPending ? (
              <TableShape />
            ) : run.data && !error ? (
              <Result table={run.data} />
            ) : (
              !error && (
                <Empty title="Ask the warehouse">
                  Pick a table on the side, or write SQL: names of schemas, tables and columns complete as you type.
                </Empty>
              )
            )}
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 3 }}>
          <Card padding="sm">
            <QueryBrowser relations={relations} isLoading={isLoading} past={past} onUse={change} onForget={forget} />
          </Card>
        </Grid.Col>
      </Grid>
    </Page>
  )
}

function Result({ table }: { table: ApiTable }) {
  if (table.columns.length === 0)
    return (
      <Empty title="Done">
        {table.rowsAffected === undefined ? 'It answered no rows.' : `${plural(table.rowsAffected, 'row')} changed.`}
      </Empty>
    )
  if (table.rows.length === 0) return <Empty title="No rows">The query is right, and nothing answers it.</Empty>
  return (
    <Tabs defaultValue="table" keepMounted={false}>
      <Tabs.List mb="xs">
        <Tabs.Tab value="table">Table</Tabs.Tab>
        <Tabs.Tab value="plot">Plot</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="table">
        <DataTable table={table} />
      </Tabs.Panel>
      <Tabs.Panel value="plot">
        <ResultPlot table={table} />
      </Tabs.Panel>
    </Tabs>
  )
}

function ResultActions({ table, sql }: { table: ApiTable; sql: string }) {
  const parquet = useMutation({
    mutationFn: () => postForFile('/query/parquet', { sql }),
    onSuccess: (file) => save('query.parquet', file),
    onError: (error) => notifications.show({ color: 'red', message: asApiError(error).message }),
  })
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed" className="digits">
        {plural(table.rows.length, 'row')} in {lasted(table.durationMs)}
        {table.truncated ? ', more were left out' : ''}
      </Text>
      <CopyButton value={asTsv(table)} timeout={1500}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? 'Copied' : 'Copy all rows, for a spreadsheet'}>
            <ActionIcon variant="default" aria-label="Copy all rows" onClick={copy}>
              {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
      <Button
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        onClick={() => download('query.csv', 'text/csv', asCsv(table))}
      >
        CSV
      </Button>
      {table.columns.length > 0 && (
        <Tooltip label="All rows, by the query run again">
          <Button
            variant="default"
            leftSection={<IconDownload size={14} aria-hidden />}
            loading={parquet.isPending}
            onClick={() => parquet.mutate()}
          >
            Parquet
          </Button>
        </Tooltip>
      )}
    </Group>
  )
}

/** Where in the editor's text an error is, when the warehouse told. */
function placeIn(error: ApiError, sql: string) {
  const { line, column, sql: sent } = error.data ?? {}
  if (typeof line !== 'number' || typeof sent !== 'string') return undefined
  const from = sql.indexOf(sent)
  const before = from < 0 ? 0 : sql.slice(0, from).split('\n').length - 1
  return {
    message: error.message,
    line: line + before,
    ...(typeof column === 'number' ? { column } : {}),
  }
}

/** With the line it is about, and where the right names are found when the error itself says no more. */
function explained(error: ApiError, sql: string, place: ReturnType<typeof placeIn>): ApiError {
  if (/\{[{%]/.test(sql))
    return {
      ...error,
      hint: 'SQL is sent from here as it is, without Jinja: `millrace dbt show --inline "…"` renders it first.',
    }
  if (!place) return error
  return {
    ...error,
    frame: error.frame ?? frameOf(sql, place),
    hint: error.hint ?? 'The list “Tables” on this page has every table with its columns; names complete as you type.',
  }
}

/** The line with a mark below the place, as errors of files have it. */
function frameOf(sql: string, { line, column }: { line: number; column?: number }): string {
  const lines = sql.split('\n')
  const width = String(line + 1).length
  return lines
    .slice(Math.max(0, line - 2), line + 1)
    .flatMap((text, i) => {
      const number = Math.max(1, line - 1) + i
      const isHere = number === line
      const shown = `${isHere ? '>' : ' '} ${String(number).padStart(width)} | ${text}`
      return isHere && column !== undefined ? [shown, `${' '.repeat(width + 3)}| ${' '.repeat(column - 1)}^`] : [shown]
    })
    .join('\n')
}
