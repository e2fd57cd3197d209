import { join, relative, resolve } from 'node:path'
import type { Definitions } from '../../../orchestrate/index.js'
import type { Project } from '../../contract.js'
import { platformErrors } from '../../errors.js'
import { Checklist, type Task } from '../checklist.js'
import {
  type ImportedFile,
  judgeImported,
  textOf,
  type WriteOptions,
  type WrittenFile,
  writeJudged,
} from '../written-files.js'
import { type DagsterProject, keyText } from './dagster-project.js'
import { DefinitionsText } from './definitions-text.js'
import { writeForeignChecks } from './foreign-checks.js'
import { AssetMatcher, isMadeByCode, type MatchedAsset } from './match-assets.js'
import { type ReadDagsterOptions, readDagster } from './read-dagster.js'
import { sections } from './sections.js'
import { AssetTranslation } from './translate-assets.js'
import { writeAutomations } from './translate-automations.js'
import { ScheduleTranslation } from './translate-schedules.js'

export interface ImportDagsterOptions extends ReadDagsterOptions, WriteOptions {
  /** Relative to the project; `orchestration/imported_dagster.ts` when left out. */
  readonly out?: string | undefined
}

export interface DagsterImport {
  readonly dagster: string
  readonly locations: readonly string[]
  readonly files: readonly WrittenFile[]
  /** The text of each file, by its path. */
  readonly texts: Readonly<Record<string, string>>
  /** How many assets are there already, are declared to be written, are others' work, are not here yet. */
  readonly assets: Readonly<Record<'here' | 'declared' | 'external' | 'missing', number>>
  readonly schedules: number
  readonly tasks: readonly Task[]
}

/**
 * Reads a running Dagster and writes what of it can be said here, with a list of what a person must finish. Dagster is only asked.
 * @throws IMPORT_…, PROJECT_NOT_WRITABLE
 */
export async function importDagster(
  project: Project,
  definitions: Definitions,
  options: ImportDagsterOptions,
): Promise<DagsterImport> {
  const dagster = await readDagster(options)
  const out = resolve(project.dir, options.out ?? 'orchestration/imported_dagster.ts')
  if (!/\.m?ts$/.test(out))
    throw platformErrors.create('IMPORT_OUT_INVALID', {
      message: `${relative(project.dir, out)} is no TypeScript file.`,
      hint: 'For example: --out orchestration/imported_dagster.ts',
    })
  const before = await textOf(out)
  const wasImported = (key: string) => before !== undefined && quotedKeys(before).has(key)
  const matcher = new AssetMatcher(definitions, wasImported)
  const assets = uniqueAssets(dagster).map(({ node, location }) => ({ node, location, match: matcher.match(node) }))
  refuseCollisions(dagster)
  const checklist = new Checklist(Object.values(sections))
  const main = project.definitionsFile ?? join(project.dir, 'orchestration/definitions.ts')
  const isDefault = resolve(main) === out
  const text = translate(dagster, definitions, assets, checklist, isDefault)
  const files: ImportedFile[] = [{ path: out, text: text.definitions }]
  const mainText = isDefault ? undefined : await textOf(main)
  const specifier = importPath(main, out)
  tellFirst(checklist, isDefault ? undefined : { main: relative(project.dir, main), specifier })
  if (!isDefault && mainText === undefined)
    files.push({
      path: main,
      text: `import { defineProject } from 'millrace'\nimport { imported } from '${specifier}'\n\nexport default defineProject(...imported)\n`,
    })
  files.push({ path: out.replace(/\.m?ts$/, '.md'), text: markdown(checklist, dagster, relative(project.dir, out)) })
  const judged = await judgeImported(project.dir, files, options)
  await writeJudged(judged)
  return {
    dagster: dagster.version,
    locations: dagster.repositories.map(({ location }) => location),
    files: judged.files,
    texts: Object.fromEntries(files.map((file, i) => [judged.files[i]?.path ?? file.path, file.text])),
    assets: counts(assets),
    schedules: text.schedules,
    tasks: checklist.tasks,
  }
}

/** Keys that a file of an import before this one defines. */
function quotedKeys(text: string): ReadonlySet<string> {
  const calls = [...text.matchAll(/\b(?:asset|externalAsset)\(\s*['"]([^'"]+)['"]/g)]
  const outputs = [...text.matchAll(/^ {4}'?([^\s':]+)'?: \{/gm)]
  return new Set([...calls, ...outputs].map(([, key]) => key ?? ''))
}

/** One asset may be known in several code locations: the one that makes it counts. */
function uniqueAssets({ repositories }: DagsterProject): readonly Omit<MatchedAsset, 'match'>[] {
  const all = repositories.flatMap(({ assets, location }) => assets.map((node) => ({ node, location })))
  const byKey = new Map<string, Omit<MatchedAsset, 'match'>>()
  for (const one of all) {
    const key = keyText(one.node.assetKey)
    const known = byKey.get(key)
    if (!known || (!isMadeByCode(known.node) && isMadeByCode(one.node))) byKey.set(key, one)
  }
  return [...byKey.values()]
}

/** @throws IMPORT_NAMES_COLLIDE: here all schedules of a project have names of their own */
function refuseCollisions({ repositories }: DagsterProject): void {
  const seen = new Map<string, string>()
  for (const { location, schedules } of repositories)
    for (const { name } of schedules) {
      const other = seen.get(name)
      if (other !== undefined)
        throw platformErrors.create('IMPORT_NAMES_COLLIDE', {
          message: `The code locations ${other} and ${location} both have a schedule ${name}.`,
          hint: `Import one after the other, each into a file of its own: --location ${location} --out orchestration/imported_${location.replaceAll(/\W+/g, '_')}.ts`,
        })
      seen.set(name, location)
    }
}

function translate(
  dagster: DagsterProject,
  definitions: Definitions,
  assets: readonly MatchedAsset[],
  checklist: Checklist,
  isDefault: boolean,
): { readonly definitions: string; readonly schedules: number } {
  const text = new DefinitionsText()
  const to = { text, checklist }
  const translation = new AssetTranslation(dagster, definitions, assets, to)
  translation.write()
  writeForeignChecks(translation, definitions, to)
  writeAutomations(translation, to)
  const repositories = dagster.repositories.map((repository) => new ScheduleTranslation(repository, translation, to))
  for (const one of repositories) one.writeJobs()
  for (const one of repositories) one.writeSchedules()
  for (const one of repositories) one.writeSensors()
  tellRest(dagster, checklist)
  const introduction = [
    `From Dagster ${dagster.version} at ${dagster.endpoint.replace(/\/graphql$/, '')}: what of it can be said here, by \`millrace import dagster\`.`,
    'The list beside this file says what a person must finish. Once that is begun, this file is yours: importing again writes it anew.',
  ]
  const whole = text.text(introduction, { isDefault })
  return { definitions: whole, schedules: [...whole.matchAll(/^const \w+ = schedule\(/gm)].length }
}

function tellFirst(
  checklist: Checklist,
  file: { readonly main: string; readonly specifier: string } | undefined,
): void {
  if (file)
    checklist.add(
      sections.first,
      `Let ${file.main} take the file, unless it does:\n\n    import { imported } from '${file.specifier}'\n    export default defineProject(...imported)   // besides what stands there`,
    )
  checklist.add(
    sections.first,
    'Look at it: `npx millrace types && npx tsc --noEmit`, `npx millrace assets`, `npx millrace automation`.',
  )
}

function tellRest(dagster: DagsterProject, checklist: Checklist): void {
  for (const { name, reason } of dagster.brokenLocations)
    checklist.add(sections.locations, `\`${name}\`: ${reason}. Nothing of it was imported.`)
  for (const { resources } of dagster.repositories)
    for (const { name, resourceType, configuredValues, assetKeysUsing, schedulesUsing, sensorsUsing } of resources) {
      const users = [...assetKeysUsing.map(keyText), ...schedulesUsing, ...sensorsUsing]
      const settings = configuredValues.map(({ key, type }) =>
        type === 'VALUE' ? key : `${key} (a secret, or from the environment)`,
      )
      const isTool = /^dagster_(dbt|airbyte)\b/.test(resourceType)
      checklist.add(
        sections.resources,
        isTool
          ? `\`${name}\` (${resourceType}) is not needed: streams and models are assets by themselves.`
          : `\`${name}\` (${resourceType})${settings.length > 0 ? ` with ${settings.join(', ')}` : ''}, of ${users.join(', ') || 'nothing'}: \`resource('${name}', { open })\`.`,
      )
    }
  if (dagster.pools.size > 0)
    checklist.add(
      sections.limits,
      `Pools:\n\n    pools: { ${[...dagster.pools].map(([name, places]) => `${JSON.stringify(name)}: ${places}`).join(', ')} }`,
    )
  const { maxConcurrentRuns, tagLimits } = dagster
  if (maxConcurrentRuns !== undefined && maxConcurrentRuns > 0)
    checklist.add(sections.limits, `Runs at once:\n\n    max_concurrent_runs: ${maxConcurrentRuns}`)
  if (tagLimits)
    checklist.add(
      sections.limits,
      `Runs with a tag, under \`runs.tag_limits\` (docs/orchestration.md#limits); in dagster.yaml it was:\n\n${tagLimits.trimEnd().replaceAll(/^/gm, '    ')}`,
    )
}

function importPath(from: string, to: string): string {
  const path = relative(join(from, '..'), to)
    .replaceAll('\\', '/')
    .replace(/\.(m?)ts$/, '.$1js')
  return path.startsWith('.') ? path : `./${path}`
}

const markdown = (checklist: Checklist, dagster: DagsterProject, out: string) =>
  checklist.markdown(
    'What is left to do',
    `From Dagster ${dagster.version} at ${dagster.endpoint.replace(/\/graphql$/, '')} (${dagster.repositories.map(({ location }) => location).join(', ')}), written to ${out}.\nGroups, owners and tags of streams and models are those of their YAML; runs of a schedule do not overlap unless it says \`overlap: 'allow'\`, as Dagster's do.`,
  )

function counts(assets: readonly MatchedAsset[]): DagsterImport['assets'] {
  const count = (is: (one: MatchedAsset) => boolean) => assets.filter(is).length
  return {
    here: count(({ match }) => match.type === 'here'),
    declared: count(({ match, node }) => match.type === 'own' && isMadeByCode(node)),
    external: count(({ match, node }) => match.type === 'own' && !isMadeByCode(node)),
    missing: count(({ match }) => match.type === 'missing'),
  }
}
