import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { CheckDefinition } from '../authoring/checks/check.js'
import type { AnyAsset, AssetDep, Described, ExternalAssetDefinition } from '../authoring/define.js'
import { durationMs } from '../authoring/duration.js'
import { assetOfInput, inputsIn, mappingOfInput } from '../authoring/inputs.js'
import type { MultiAssetDefinition } from '../authoring/multi-asset.js'
import type { Definition } from '../authoring/project.js'
import { isTable } from '../authoring/tables.js'
import { jsonSchemaOf } from '../config/config-problems.js'
import type {
  AssetSpec,
  AutomationSpec,
  CheckSpec,
  RunConfig,
  ScheduleSpec,
  SensorSpec,
  StepSpec,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { plain, plainMetadata } from '../values/plain.js'
import { textOfFunction } from './build-code.js'
import type { UserDefinitions } from './messages.js'
import { sensorOfObserved, stepOfAsset, stepOfChecks, stepOfMultiAsset } from './step-keys.js'

/** What definitions.ts defines, as plain data. @param place where it is; without it nothing has a place */
export function describeDefinitions(
  definitions: readonly Definition[],
  place?: { readonly file: string; readonly projectDir: string },
): UserDefinitions {
  const places = place ? quotedTexts(readFileSync(place.file, 'utf8')) : new Map<string, number>()
  const shownFile = place && relative(place.projectDir, place.file)
  const source = (name: string): AssetSpec['source'] =>
    shownFile === undefined ? undefined : { file: shownFile, line: places.get(name) ?? 1 }
  const assets = definitions.filter((one) => one.type === 'asset')
  const checks = definitions.filter((one) => one.type === 'check')
  const multiAssets = definitions.filter((one) => one.type === 'multi')
  const own = new Map([
    ...assets.map(({ key }) => [key, stepOfAsset(key)] as const),
    ...multiAssets.flatMap(({ name, outputs }) =>
      Object.keys(outputs).map((key) => [key, stepOfMultiAsset(name)] as const),
    ),
  ])
  const foreign = [...new Set(checks.map((check) => check.asset).filter((key) => !own.has(key)))]
  const checksByAsset = new Map<string, CheckDefinition[]>()
  for (const check of checks) {
    const known = checksByAsset.get(check.asset)
    if (known) known.push(check)
    else checksByAsset.set(check.asset, [check])
  }
  const checksOf = (key: string) => (checksByAsset.get(key) ?? []).map(({ name }) => ({ asset: key, name }))
  return {
    assets: [
      ...assets.map((asset) => assetSpec(asset, source(asset.key))),
      ...multiAssets.flatMap((multi) => outputSpecs(multi, source)),
      ...definitions.filter((one) => one.type === 'external').map((one) => externalSpec(one, source(one.key))),
    ],
    checks: checks.map((check) => checkSpec(check, own.get(check.asset), source(check.name))),
    steps: [
      ...assets.map((asset) => assetStep(asset, checksOf(asset.key))),
      ...multiAssets.map((multi) => multiAssetStep(multi, Object.keys(multi.outputs).flatMap(checksOf))),
      ...foreign.map(
        (key): StepSpec => ({
          key: stepOfChecks(key),
          kind: 'typescript',
          assets: [],
          checks: checksOf(key),
          isSubsettable: false,
        }),
      ),
    ],
    schedules: definitions
      .filter((one) => one.type === 'schedule')
      .map(
        (one): ScheduleSpec => ({
          name: one.name,
          cron: one.cron,
          timezone: one.timezone ?? 'UTC',
          target: one.target,
          description: one.description ?? '',
          catchUp: one.catchUp ?? 'latest',
          // Of all that was missed no instant is to be lost because the one before is still being made.
          overlap: one.overlap ?? (one.catchUp === 'all' ? 'queue' : 'skip'),
          tags: one.tags,
          ...(one.config ? { config: plain(one.config) as RunConfig } : {}),
          isOnByDefault: one.on ?? true,
          source: source(one.name),
        }),
      ),
    automations: definitions
      .filter((one) => one.type === 'automation')
      .map(
        (one): AutomationSpec => ({
          name: one.name,
          target: one.target,
          condition: one.condition.spec,
          description: one.description ?? '',
          isOnByDefault: one.on ?? true,
          source: source(one.name),
        }),
      ),
    sensors: [
      ...definitions.flatMap((one) => (one.type === 'external' ? observationOf(one, source(one.key)) : [])),
      ...definitions
        .filter((one) => one.type === 'sensor')
        .map(
          (one): SensorSpec => ({
            name: one.name,
            intervalMs: one.every === undefined ? 0 : durationMs(one.every),
            ...(one.webhook ? { webhook: one.webhook } : {}),
            ...(one.monitored ? { monitored: one.monitored } : {}),
            ...(one.cursor ? { cursor: jsonSchemaOf(one.cursor) } : {}),
            target: one.target,
            description: one.description ?? '',
            isOnByDefault: one.on ?? true,
            source: source(one.name),
          }),
        ),
    ],
  }
}

/** The first line, counted from 1, in which a text stands in quotes. */
function quotedTexts(code: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>()
  for (const [i, line] of code.split('\n').entries())
    for (const quote of ["'", '"'])
      for (const text of line.split(quote).slice(1, -1)) if (!places.has(text)) places.set(text, i + 1)
  return places
}

/** What it reads: what it names, and the assets whose values it is given. */
const depsOf = ({ deps = [], inputs }: Pick<AnyAsset, 'deps' | 'inputs'>): readonly AssetDep[] => [
  ...deps,
  ...inputsIn({ inputs }).map(([, input]): AssetDep => {
    const mapping = mappingOfInput(input)
    return mapping ? { asset: assetOfInput(input).key, mapping } : assetOfInput(input).key
  }),
]

/** Of tables all rows are read, whatever their partitions. */
function inputsOf(asset: AnyAsset): Partial<AssetSpec> {
  const values = inputsIn(asset).filter(([, input]) => !isTable(assetOfInput(input)))
  if (values.length === 0) return {}
  const specs = values.map(([name, input]) => {
    const mapping = mappingOfInput(input)
    return [name, { asset: assetOfInput(input).key, ...(mapping ? { mapping } : {}) }] as const
  })
  return { inputs: Object.fromEntries(specs) }
}

function keyOf(dep: AssetDep): string {
  if (typeof dep === 'string') return dep
  if (dep && 'mapping' in dep) return keyOf(dep.asset)
  if (typeof dep?.key === 'string') return dep.key
  throw orchestrateErrors.create('DEFINITIONS_INVALID', {
    message: `One of the deps is ${JSON.stringify(dep) ?? 'undefined'}.`,
    hint: 'A dependency is an asset, a table (`dbt.models.orders`) or a key.',
  })
}

function partitionsOf({
  partitions,
  makesPartitions,
  deps = [],
}: Pick<AnyAsset, 'partitions' | 'makesPartitions' | 'deps'>): Partial<AssetSpec> {
  const mappings = deps.flatMap((dep) =>
    typeof dep === 'object' && 'mapping' in dep ? [[keyOf(dep), dep.mapping] as const] : [],
  )
  return {
    ...(partitions ? { partitions, makesPartitions: makesPartitions ?? 'each' } : {}),
    ...(mappings.length > 0 ? { partitionMappings: Object.fromEntries(mappings) } : {}),
  }
}

/** What assets say of themselves, whoever makes them. */
function described(asset: Described & { readonly key: string }, kind: string, source: AssetSpec['source']) {
  return {
    key: asset.key,
    kinds: asset.kinds ?? [kind],
    group: asset.group ?? kind,
    description: asset.description ?? '',
    owners: asset.owners ?? [],
    tags: asset.tags ?? [],
    deps: [...new Set((asset.deps ?? []).map(keyOf))],
    columns: [],
    source,
    ...(asset.metadata ? { metadata: plainMetadata(asset.metadata) } : {}),
  }
}

function assetSpec(asset: AnyAsset, source: AssetSpec['source']): AssetSpec {
  return {
    ...described({ ...asset, deps: depsOf(asset) }, 'typescript', source),
    isExecutable: true,
    step: stepOfAsset(asset.key),
    ...inputsOf(asset),
    ...partitionsOf({ ...asset, deps: depsOf(asset) }),
    ...configOf(asset),
    ...automationOf(asset),
    ...relationOf(asset),
    ...codeOf(asset, asset.codeVersion),
  }
}

/** Without a schema the warehouse chooses one, which is not known here. */
function relationOf({ key, io }: AnyAsset): Partial<AssetSpec> {
  const { schema, name } = io?.tableOf?.(key) ?? {}
  return schema === undefined || name === undefined ? {} : { relation: { schema, identifier: name } }
}

/** @throws DEFINITIONS_INVALID for a schema of which nothing can be told */
function configOf({ key, config }: AnyAsset): Partial<AssetSpec> {
  if (!config) return {}
  try {
    return { config: jsonSchemaOf(config) }
  } catch (thrown) {
    throw orchestrateErrors.create('DEFINITIONS_INVALID', {
      message: `The config of ${key} cannot be described: ${thrown instanceof Error ? thrown.message : thrown}`,
      hint: 'Make it of what JSON can hold: texts, numbers, booleans, arrays and objects.',
      cause: thrown,
    })
  }
}

const automationOf = ({ automation, freshness }: Pick<AnyAsset, 'automation' | 'freshness'>): Partial<AssetSpec> => ({
  ...(automation ? { condition: automation.spec } : {}),
  ...(freshness ? { freshness } : {}),
})

/** By the text of a function: many assets may be made by one. */
const codes = new Map<string, Partial<AssetSpec>>()

/** @param version as its author says; without it that of the text */
function codeOf({ run }: Pick<AnyAsset, 'run'>, version: string | undefined): Partial<AssetSpec> {
  const text = textOfFunction(run)
  const known = codes.get(text) ?? {
    code: { language: 'typescript', text },
    codeVersion: createHash('sha256').update(text).digest('hex').slice(0, 16),
  }
  codes.set(text, known)
  return version === undefined ? known : { ...known, codeVersion: version }
}

/** Of the code that makes an asset, as its definition says it. */
export function codeVersionOf(definitions: readonly Definition[], key: string): string | undefined {
  for (const one of definitions) {
    if (one.type === 'asset' && one.key === key) return codeOf(one, one.codeVersion).codeVersion
    if (one.type === 'multi' && key in one.outputs) return codeOf(one, one.outputs[key]?.codeVersion).codeVersion
  }
  return undefined
}

function outputSpecs(multi: MultiAssetDefinition, source: (name: string) => AssetSpec['source']): AssetSpec[] {
  const { name, outputs, partitions, makesPartitions } = multi
  return Object.entries(outputs).map(([key, output]) => ({
    ...described({ ...output, key }, 'typescript', source(key)),
    isExecutable: true,
    step: stepOfMultiAsset(name),
    ...partitionsOf({ deps: output.deps ?? [], partitions, ...(makesPartitions ? { makesPartitions } : {}) }),
    ...automationOf(output),
    ...codeOf(multi, output.codeVersion),
  }))
}

const externalSpec = (asset: ExternalAssetDefinition, source: AssetSpec['source']): AssetSpec => ({
  ...described(asset, 'external', source),
  isExecutable: false,
})

/** What looks at an asset that others make is a sensor that starts nothing. */
const observationOf = ({ key, observe, every }: ExternalAssetDefinition, source: SensorSpec['source']): SensorSpec[] =>
  observe && every !== undefined
    ? [
        {
          name: sensorOfObserved(key),
          intervalMs: durationMs(every),
          observes: key,
          target: `"${key}"`,
          description: `Looks which version ${key} has`,
          isOnByDefault: true,
          source,
        },
      ]
    : []

function checkSpec(check: CheckDefinition, ownStep: string | undefined, source: CheckSpec['source']): CheckSpec {
  return {
    asset: check.asset,
    name: check.name,
    description: check.description,
    isBlocking: check.blocking,
    ...(check.run ? {} : { isReported: true }),
    deps: [],
    step: ownStep ?? stepOfChecks(check.asset),
    source,
  }
}

function assetStep(asset: AnyAsset, checks: StepSpec['checks']): StepSpec {
  const key = stepOfAsset(asset.key)
  return { key, kind: 'typescript', assets: [asset.key], checks, isSubsettable: false, ...careOf(asset) }
}

const multiAssetStep = (multi: MultiAssetDefinition, checks: StepSpec['checks']): StepSpec => ({
  key: stepOfMultiAsset(multi.name),
  kind: 'typescript',
  assets: Object.keys(multi.outputs),
  checks,
  isSubsettable: multi.canSubset ?? false,
  ...careOf(multi),
})

const careOf = ({ retry, pool, executor }: Pick<AnyAsset, 'retry' | 'pool' | 'executor'>): Partial<StepSpec> => ({
  ...(pool === undefined ? {} : { pool }),
  ...(executor === 'process' ? { executor } : {}),
  ...(retry
    ? {
        retry: {
          max: retry.max,
          delayMs: retry.delayMs ?? 1_000,
          backoff: retry.backoff ?? 'constant',
          ...(retry.jitter ? { jitter: retry.jitter } : {}),
        },
      }
    : {}),
})
