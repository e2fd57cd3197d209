import { Progress, SimpleGrid, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Deployment, RunSummary } from '../../../../src/server/contract/index.js'
import { get } from '../../api/client.js'
import { Page, Section } from '../../design/page.js'
import { selectionWords, slotsWords, triggerWords } from '../../design/runs/run-words.js'
import { Empty, Lines, Loaded } from '../../design/states.js'
import { Status } from '../../design/status.js'
import { DataGrid } from '../../design/tables/data-grid.js'
import { Ago, count, lasted, plural } from '../../design/text/time.js'
import { To } from '../../design/text/to.js'
import classes from './deployment.module.css'
import { Processes } from './processes.js'

const refetchMs = 5_000

/** What the installation is doing, what waits and for what, and what limits it. */
export function DeploymentPage() {
  const query = useQuery({
    queryKey: ['deployment'],
    queryFn: () => get<Deployment>('/deployment'),
    // Nothing tells of a process that comes or is lost.
    refetchInterval: refetchMs,
  })
  return (
    <Page
      title="Deployment"
      lead="Which processes there are, what is going on, what waits and why, and the limits that millrace.yaml sets."
    >
      <Loaded query={query} skeleton={<Lines number={8} />}>
        {(deployment) => <Content deployment={deployment} />}
      </Loaded>
    </Page>
  )
}

function Content({ deployment }: { deployment: Deployment }) {
  const { going, queued, pools, slots, processes, counts } = deployment
  const waiting = counts.queued ?? 0
  // The list ends at a hundred.
  const held = (counts.starting ?? 0) + (counts.running ?? 0) + (counts.cancelling ?? 0)
  return (
    <>
      <Facts deployment={deployment} />
      <Section title={`Processes (${slotsWords(slots)})`} isFlush>
        <Processes processes={processes} />
      </Section>
      <Section title={`Going on${held > 0 ? ` (${count(held)})` : ''}`} isFlush>
        <Runs runs={going} none="No run is going on." />
      </Section>
      <Section title={`In the queue${waiting > 0 ? ` (${count(waiting)})` : ''}`} isFlush>
        <Runs runs={queued} none="Nothing waits." />
      </Section>
      <Section title="Pools" isFlush>
        {pools.length === 0 ? (
          <Empty title="No pools">
            A pool limits how many steps run at once that share something, such as an API:{' '}
            <code>pools: {'{ api: 2 }'}</code> in millrace.yaml, and <code>pool: 'api'</code> at an asset, a dbt node or
            a connection.
          </Empty>
        ) : (
          pools.map((pool) => <Pool key={pool.name} pool={pool} />)
        )}
      </Section>
    </>
  )
}

function Facts({ deployment }: { deployment: Deployment }) {
  const { version, projectDir, maxRuntimeMs, maxRetries, tagLimits, retentionDays } = deployment
  const facts = [
    ['Version', version],
    ['Project', projectDir],
    ['Longest runtime', maxRuntimeMs === undefined ? 'none' : lasted(maxRuntimeMs)],
    ['Failed runs are tried again', maxRetries === 0 ? 'not' : plural(maxRetries, 'time')],
    ['Kept', `logs ${retentionDays.logs} days, runs ${retentionDays.runs} days`],
    [
      'Limits of tags',
      tagLimits.length === 0
        ? 'none'
        : tagLimits
            .map(
              ({ key, value, isPerValue, limit }) =>
                `${key}${value ? `=${value}` : isPerValue ? ', each' : ''}: ${limit}`,
            )
            .join(' · '),
    ],
  ] as const
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} component="dl" className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </SimpleGrid>
  )
}

function Runs({ runs, none }: { runs: readonly (RunSummary & { waitsFor?: string })[]; none: string }) {
  if (runs.length === 0)
    return (
      <Text size="sm" c="dimmed" p="md">
        {none}
      </Text>
    )
  const hasReasons = runs.some((run) => run.waitsFor)
  return (
    <DataGrid
      label="Runs"
      rows={runs}
      rowKey={(run) => run.id}
      minWidth={640}
      columns={[
        {
          key: 'run',
          title: 'Run',
          cell: (run) => (
            <To to="/runs/$id" params={{ id: run.id }} search={{}} size="sm">
              {run.id.slice(-8)}
            </To>
          ),
        },
        { key: 'status', title: 'Status', cell: (run) => <Status value={run.status} /> },
        { key: 'since', title: 'Since', cell: (run) => <Ago at={run.startedAt ?? run.createdAt} /> },
        {
          key: 'what',
          title: 'Selection',
          isFlexible: !hasReasons,
          width: 220,
          cell: (run) => (
            <Text size="sm" lineClamp={2}>
              {selectionWords(run.selection)}
            </Text>
          ),
        },
        { key: 'by', title: 'By', width: 150, cell: (run) => triggerWords(run) },
        ...(hasReasons
          ? [
              {
                key: 'why',
                title: 'Waits because',
                isFlexible: true,
                cell: (run: RunSummary & { waitsFor?: string }) => <Text size="sm">{run.waitsFor}</Text>,
              },
            ]
          : []),
      ]}
    />
  )
}

function Pool({ pool: { name, limit, taken, waiting } }: { pool: Deployment['pools'][number] }) {
  const share = limit === 0 ? 100 : (taken.length / limit) * 100
  return (
    <div className={classes.pool}>
      <b>{name}</b>
      <Progress
        value={share}
        aria-label={`${name}: ${taken.length} of ${limit} places taken`}
        className={classes.bar}
      />
      <span>
        {taken.length} of {limit}
        {waiting.length > 0 && `, ${count(waiting.length)} waiting`}
      </span>
      {taken.length > 0 && <Places title="Held by" pool={name} places={taken} />}
      {waiting.length > 0 && <Places title="In line" pool={name} places={waiting} />}
    </div>
  )
}

type PoolPlace = Deployment['pools'][number]['taken'][number]

const placesShown = 20
const assetsNamed = 3

/** Who has a place, or waits for one, the next first. */
function Places({ title, pool, places }: { title: string; pool: string; places: readonly PoolPlace[] }) {
  return (
    <div className={classes.places}>
      <span>{title}</span>
      <ol aria-label={`${title}: ${pool}`}>
        {places.slice(0, placesShown).map((place) => (
          <li key={`${place.runId} ${place.step}`}>
            <StepAssets place={place} />,{' '}
            <To to="/runs/$id" params={{ id: place.runId }} search={{}} inherit>
              run {place.runId.slice(-8)}
            </To>
            , <Ago at={place.since} />
          </li>
        ))}
        {places.length > placesShown && <li>and {count(places.length - placesShown)} more</li>}
      </ol>
    </div>
  )
}

function StepAssets({ place: { step, assets } }: { place: PoolPlace }) {
  // A step that makes nothing is one of checks, or was taken out of the project since.
  if (assets.length === 0) return <>{step.slice(step.indexOf(':') + 1)}</>
  return (
    <>
      {assets.slice(0, assetsNamed).map((key, i) => (
        <span key={key}>
          {i > 0 && ' '}
          <To to="/assets/$key" params={{ key }} inherit>
            {key}
          </To>
        </span>
      ))}
      {assets.length > assetsNamed && ` and ${plural(assets.length - assetsNamed, 'other')}`}
    </>
  )
}
