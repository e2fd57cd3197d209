import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean, type ErrorJson, type MillraceError, toMillraceError } from '../../base/index.js'
import { type Connection, connectionStreams, readConnections, type Variables } from '../../extract-load/index.js'
import { type Definitions, graphProblems, type ProjectNames } from '../../orchestrate/index.js'
import type { Manifest } from '../../transform/index.js'
import type { KnownServer } from '../airbyte/airbyte-servers.js'
import type { Project } from '../contract.js'
import { platformErrors } from '../errors.js'
import { readFoundStreams } from '../project/found-streams.js'
import { dbtAssets } from './dbt-assets.js'
import { assetsOfNodes, targetSelectors } from './dbt-selections.js'
import { type DefinitionParts, joinParts, noParts } from './definition-parts.js'
import { keptDbtParts, keptUserParts, waitingParts } from './kept-parts.js'
import { keptNames, projectNames } from './project-names.js'
import { serverStreams } from './server-streams.js'
import { streamAssets } from './stream-assets.js'

export interface LoadedDefinitions {
  readonly definitions: Definitions
  readonly connections: readonly Connection[]
  readonly manifest: Manifest | undefined
  /** What the project has besides definitions.ts; undefined where a part of it cannot be read. */
  readonly names: ProjectNames | undefined
  /** Whether every part could be read. */
  readonly isWhole: boolean
}

export interface DefinitionSources {
  /** What the files of connections name. */
  readonly variables: () => Promise<Variables>
  /** The servers of Airbyte that the project names. */
  readonly readServers?: () => Promise<readonly KnownServer[]>
  /** Parses the dbt project; the platform keeps the session, so it is handed in. */
  readonly readManifest: () => Promise<Manifest | undefined>
  /** The ids of the nodes that dbt's selectors mean, by the selector. */
  readonly selectDbt?: (selectors: readonly string[]) => Promise<Readonly<Record<string, readonly string[]>>>
  /** What the project said before, as far as anybody knows. Asked only where a part of it cannot be read. */
  readonly before: () => Promise<Definitions | undefined>
  /** Loads the user's TypeScript in its worker. */
  readonly readUserDefinitions: (names: ProjectNames | undefined) => Promise<DefinitionParts>
}

/**
 * Reads connections, the dbt project and definitions.ts, and joins them into one asset graph. A part that cannot be
 * read becomes a problem of the definitions; the other parts still work, and dbt project and definitions.ts stand there as they were read last.
 */
export async function loadDefinitions(project: Project, sources: DefinitionSources): Promise<LoadedDefinitions> {
  const problems: ErrorJson[] = []
  const attempt = async <T>(work: () => Promise<T>, fallback: T, onError?: (error: ErrorJson) => void): Promise<T> => {
    try {
      return await work()
    } catch (thrown) {
      const error = toMillraceError(thrown).toJSON()
      problems.push(error)
      onError?.(error)
      return fallback
    }
  }
  let unparsed: ErrorJson | undefined
  const noConnections: Awaited<ReturnType<typeof readConnections>> = { connections: [], waiting: [], problems: [] }
  const before = async () => sources.before().catch(() => undefined)
  const [extractLoad, manifest, servers] = await Promise.all([
    attempt(
      async () =>
        readConnections(project.dir, project.extractLoadDir, {
          ...(await sources.variables()),
          foundStreams: (connection) => readFoundStreams(project, connection),
        }),
      noConnections,
    ),
    attempt(sources.readManifest, undefined, (error) => {
      unparsed = error
    }),
    attempt(async () => (await sources.readServers?.()) ?? [], []),
  ])
  const { connections, waiting } = extractLoad
  problems.unshift(...extractLoad.problems.map((problem) => problem.toJSON()))
  const own = streamAssets(
    await Promise.all(
      // What waits for a secret is part of the project, and is not carried out.
      [...connections, ...waiting.map(({ connection }) => connection)].map(async (connection) => ({
        connection,
        streams: connectionStreams(connection),
        yaml: await readFile(join(project.dir, connection.file), 'utf8').catch(() => ''),
      })),
    ),
  )
  problems.push(...own.problems.map((problem) => problem.toJSON()))
  const elsewhere = await serverStreams(servers, { own, manifest, before })
  problems.push(...elsewhere.problems.map((problem) => problem.toJSON()))
  const streams = joinParts([own, elsewhere])
  const streamKeys = new Set(streams.assets.map((asset) => asset.key))
  const dbt =
    manifest && project.dbtDir
      ? dbtAssets(manifest, { dbtDir: project.dbtDir, projectDir: project.dir }, streamKeys)
      : { ...noParts, problems: [] }
  problems.push(...dbt.problems.map((problem) => problem.toJSON()))
  const beforeIt = unparsed && (await before())
  const keptDbt = unparsed && keptDbtParts(project, beforeIt, { error: unparsed, streams: streamKeys })
  // Names that cannot be read now are not wrong: definitions.ts may use any.
  const names = problems.length === waiting.length ? projectNames(manifest, streams) : undefined
  const problemsElsewhere = problems.length
  const usable = names ?? (keptDbt && beforeIt && keptNames(beforeIt, streams))
  const read = await attempt(() => sources.readUserDefinitions(usable), undefined)
  const isWhole = problems.length === waiting.length
  const [unloaded] = problems.slice(problemsElsewhere)
  const kept = unloaded && keptUserParts(project, await before(), unloaded)
  const parts = joinParts([describeStreams(streams, manifest), keptDbt?.parts ?? dbt, read ?? kept?.parts ?? noParts])
  const selectors = targetSelectors(parts)
  const selected = await attempt(async () => (await sources.selectDbt?.(selectors)) ?? {}, {})
  const dbtSelections = selectors.length === 0 ? undefined : assetsOfNodes(parts.assets, selected)
  // Half a graph would be full of what only seems to be missing.
  if (problems.length === waiting.length)
    problems.push(...graphProblems({ ...parts, dbtSelections }).map((problem) => problem.toJSON()))
  const warnings = [...elsewhere.warnings, ...unknownPools(parts, project)].map((problem) => problem.toJSON())
  const broken = [
    ...waitingParts(waiting, streams, waiting.length > 0 ? await before() : undefined),
    // What needs a table that only the dbt project of now has waits for it as well.
    ...(keptDbt ? [{ ...keptDbt.broken, steps: [...keptDbt.broken.steps, ...stepsWithout(parts)] }] : []),
    ...(kept ? [kept.broken] : []),
  ]
  const said = JSON.stringify([parts, problems, broken, warnings, dbtSelections])
  const version = hash('sha1', said, 'hex').slice(0, 16)
  return {
    connections,
    manifest,
    names,
    isWhole,
    definitions: {
      project: project.name,
      projectDir: project.dir,
      loadedAt: new Date().toISOString(),
      version,
      ...parts,
      ...(dbtSelections && { dbtSelections }),
      problems,
      warnings,
      ...(broken.length > 0 ? { broken: broken } : {}),
    },
  }
}

/** A stream that a dbt source describes takes over the source's words and columns: they tell more than the YAML. */
function describeStreams(streams: DefinitionParts, manifest: Manifest | undefined): DefinitionParts {
  if (!manifest) return streams
  const sources = new Map(
    Object.values(manifest.sources).map((source) => [`${source.schema}/${source.identifier}`, source]),
  )
  return {
    ...streams,
    assets: streams.assets.map((asset) => {
      const source = sources.get(asset.key)
      if (!source) return asset
      return {
        ...asset,
        description: source.description || asset.description,
        tags: [...new Set([...asset.tags, ...source.tags])],
        columns: Object.values(source.columns).map((column) => ({
          name: column.name,
          ...(column.data_type ? { type: column.data_type } : {}),
          ...(column.description ? { description: column.description } : {}),
        })),
        origin: { ...asset.origin, uniqueId: source.unique_id },
      }
    }),
  }
}

/** The steps of assets that read others which are not there. */
function stepsWithout({ assets }: DefinitionParts): string[] {
  const known = new Set(assets.map(({ key }) => key))
  return assets.flatMap(({ step, deps }) => (step !== undefined && deps.some((dep) => !known.has(dep)) ? [step] : []))
}

/** A pool without a limit holds nothing back, which is not what whoever names it wants: its steps run, and it is said of their assets. */
function unknownPools({ steps, assets }: DefinitionParts, { limits: { pools } }: Project): MillraceError[] {
  const unknown = steps.filter(({ pool }) => pool !== undefined && !pools.has(pool))
  if (unknown.length === 0) return []
  const placeOf = new Map(assets.map(({ key, source }) => [key, source]))
  return unknown.map(({ key, assets: [asset], pool = '' }) => {
    const near = didYouMean(pool, [...pools.keys()])
    return platformErrors.create('POOL_NOT_FOUND', {
      message: `${asset ?? key} is made without a limit: its pool ${pool} is not named in millrace.yaml.`,
      at: asset === undefined ? undefined : placeOf.get(asset),
      hint: near
        ? `${near} Or add it to millrace.yaml, pools: { ${pool}: 2 }, and start Millrace again.`
        : `Say in millrace.yaml how many steps it has places for, pools: { ${pool}: 2 }, and start Millrace again.`,
    })
  })
}
