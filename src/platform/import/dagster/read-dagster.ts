import type { z } from 'zod'
import { didYouMean } from '../../../base/index.js'
import { platformErrors } from '../../errors.js'
import { type AssetNode, instanceSchema, partitionsSchema, placesSchema, repositorySchema } from './answers.js'
import { type DagsterProject, type DagsterRepository, partitionsId, type SeenPartitions } from './dagster-project.js'
import { fieldsSchema, type KnownFields } from './fields.js'
import { DagsterGraphql, type GraphqlOptions } from './graphql.js'
import { questions } from './questions.js'

export interface ReadDagsterOptions extends GraphqlOptions {
  /** Only this code location. */
  readonly location?: string | undefined
}

type Places = z.output<typeof placesSchema>
type Place = NonNullable<Places['repositoriesOrError']['nodes']>[number]

/**
 * Asks a running Dagster for its assets, jobs, schedules, sensors, partitions and limits.
 * @throws IMPORT_URL_INVALID, IMPORT_UNREACHABLE, IMPORT_REFUSED, IMPORT_ANSWER_UNKNOWN, IMPORT_NOTHING_FOUND
 */
export async function readDagster(options: ReadDagsterOptions): Promise<DagsterProject> {
  const graphql = new DagsterGraphql(options)
  const places = await graphql.ask('MillraceImportPlaces', questions.places, placesSchema)
  const chosen = chosenPlaces(places, options.location, graphql.endpoint)
  const known = await graphql.ask('MillraceImportFields', questions.fields, fieldsSchema)
  const { instance } = await graphql.ask('MillraceImportInstance', questions.instance(known), instanceSchema)
  const repositories: DagsterRepository[] = []
  for (const place of chosen) repositories.push(await readRepository(graphql, known, place))
  const partitions = new Map<string, SeenPartitions>()
  for (const node of repositories.flatMap(({ assets }) => assets)) {
    const id = node.partitionDefinition && partitionsId(node.partitionDefinition)
    if (id && !partitions.has(id)) partitions.set(id, await readPartitions(graphql, known, node))
  }
  return {
    endpoint: graphql.endpoint,
    version: places.version,
    now: graphql.now ?? new Date(),
    repositories,
    brokenLocations: brokenLocations(places),
    maxConcurrentRuns: instance.runQueueConfig?.maxConcurrentRuns ?? undefined,
    tagLimits: instance.runQueueConfig?.tagConcurrencyLimitsYaml ?? undefined,
    pools: poolLimits(instance, repositories),
    partitions,
  }
}

function brokenLocations({ workspaceOrError }: Places): DagsterProject['brokenLocations'] {
  return (workspaceOrError?.locationEntries ?? []).flatMap(({ name, locationOrLoadError: entry }) =>
    entry?.__typename === 'PythonError' ? [{ name, reason: lastLine(entry.message) }] : [],
  )
}

/** What Python says of an error ends with what went wrong. */
const lastLine = (message: string) => message.trim().split('\n').at(-1)?.trim() ?? ''

function chosenPlaces(places: Places, location: string | undefined, endpoint: string): readonly Place[] {
  const { repositoriesOrError: found } = places
  if (!found.nodes)
    throw platformErrors.create('IMPORT_ANSWER_UNKNOWN', {
      message: `Dagster at ${endpoint} cannot say which code locations it has: ${lastLine(found.message)}.`,
      hint: 'Look at its page Deployment, and mend what stands there.',
    })
  const chosen = found.nodes.filter((place) => location === undefined || place.location.name === location)
  if (chosen.length > 0) return chosen
  const names = [...new Set(found.nodes.map((place) => place.location.name))]
  const broken = brokenLocations(places)
  const because = broken.map(({ name, reason }) => ` ${name} could not be loaded there: ${reason}.`).join('')
  throw platformErrors.create('IMPORT_NOTHING_FOUND', {
    message: `Dagster at ${endpoint} has ${location === undefined ? 'no code location that is loaded' : `no code location ${location}`}.${because}`,
    hint:
      names.length > 0
        ? [didYouMean(location ?? '', names), `There is: ${names.join(', ')}.`].filter(Boolean).join(' ')
        : 'Look at its page Deployment.',
  })
}

async function readRepository(
  graphql: DagsterGraphql,
  known: KnownFields,
  { name, location }: Place,
): Promise<DagsterRepository> {
  const { repositoryOrError: found } = await graphql.ask(
    'MillraceImportRepository',
    questions.repository(known),
    repositorySchema,
    { repository: { repositoryName: name, repositoryLocationName: location.name } },
  )
  if (found.__typename !== 'Repository')
    throw platformErrors.create('IMPORT_ANSWER_UNKNOWN', {
      message: `Dagster cannot tell what the code location ${location.name} holds: ${lastLine(found.message)}.`,
      hint: 'Look at its page Deployment, and mend what stands there.',
    })
  const { assetNodes: assets, allTopLevelResourceDetails: resources, jobs, schedules, sensors } = found
  return { name, location: location.name, assets, jobs, schedules, sensors, resources }
}

async function readPartitions(
  graphql: DagsterGraphql,
  known: KnownFields,
  { assetKey }: AssetNode,
): Promise<SeenPartitions> {
  const { assetNodeOrError: found } = await graphql.ask(
    'MillraceImportPartitions',
    questions.partitions(known),
    partitionsSchema,
    { asset: { path: assetKey } },
  )
  const begin = found.assetPartitionStatuses?.ranges?.find(({ startTime }) => typeof startTime === 'number')
  return {
    keys: new Map(found.partitionKeysByDimension.map(({ name, partitionKeys }) => [name, partitionKeys])),
    begin: begin && { key: begin.startKey, at: new Date(Number(begin.startTime) * 1000) },
  }
}

/** Pools that have a limit, and those that assets name, with the limit that holds for all others. */
function poolLimits(
  { concurrencyLimits, poolConfig }: z.output<typeof instanceSchema>['instance'],
  repositories: readonly DagsterRepository[],
): ReadonlyMap<string, number> {
  const limits = new Map(
    concurrencyLimits.flatMap(({ concurrencyKey, limit, slotCount }) => {
      const places = limit ?? slotCount
      return typeof places === 'number' ? [[concurrencyKey, places] as const] : []
    }),
  )
  const usual = poolConfig?.defaultPoolLimit
  for (const pool of repositories.flatMap(({ assets }) => assets.flatMap((asset) => asset.pools ?? [])))
    if (typeof usual === 'number' && !limits.has(pool)) limits.set(pool, usual)
  return limits
}
