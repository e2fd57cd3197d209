import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { AnyAsset, AssetDep, CheckDefinition, Definition, ExternalAssetDefinition } from '../authoring/define.js'
import { durationMs } from '../authoring/duration.js'
import type { AssetSpec, AutomationSpec, CheckSpec, ScheduleSpec, SensorSpec, StepSpec } from '../contract/index.js'
import type { UserDefinitions } from './messages.js'

const stepOfAsset = (key: string) => `ts:${key}`
/** Checks on what others make (a model, a stream) are a step of their own. */
const stepOfChecks = (asset: string) => `ts:check:${asset}`

/** What definitions.ts defines, as plain data. */
export function describeDefinitions(
  definitions: readonly Definition[],
  { file, projectDir }: { readonly file: string; readonly projectDir: string },
): UserDefinitions {
  const lines = readFileSync(file, 'utf8').split('\n')
  const source = (name: string) => ({
    file: relative(projectDir, file),
    line: Math.max(1, lines.findIndex((line) => line.includes(`'${name}'`) || line.includes(`"${name}"`)) + 1),
  })
  const assets = definitions.filter((one) => one.type === 'asset')
  const checks = definitions.filter((one) => one.type === 'check')
  const own = new Set(assets.map((asset) => asset.key))
  const foreign = [...new Set(checks.map((check) => check.asset).filter((key) => !own.has(key)))]
  const checksOf = (key: string) =>
    checks.filter((check) => check.asset === key).map((check) => ({ asset: key, name: check.name }))
  return {
    assets: [
      ...assets.map((asset) => assetSpec(asset, source(asset.key))),
      ...definitions.filter((one) => one.type === 'external').map((one) => externalSpec(one, source(one.key))),
    ],
    checks: checks.map((check) => checkSpec(check, own.has(check.asset), source(check.name))),
    steps: [
      ...assets.map((asset) => assetStep(asset, checksOf(asset.key))),
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
          overlap: one.overlap ?? 'skip',
          tags: one.tags,
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
    sensors: definitions
      .filter((one) => one.type === 'sensor')
      .map(
        (one): SensorSpec => ({
          name: one.name,
          intervalMs: durationMs(one.every),
          target: one.target,
          description: one.description ?? '',
          isOnByDefault: one.on ?? true,
          source: source(one.name),
        }),
      ),
  }
}

const keyOf = (dep: AssetDep): string => (typeof dep === 'string' ? dep : 'mapping' in dep ? keyOf(dep.asset) : dep.key)

function partitionsOf({ partitions, makesPartitions, deps = [] }: AnyAsset): Partial<AssetSpec> {
  const mappings = deps.flatMap((dep) =>
    typeof dep === 'object' && 'mapping' in dep ? [[keyOf(dep), dep.mapping] as const] : [],
  )
  return {
    ...(partitions ? { partitions, makesPartitions: makesPartitions ?? 'each' } : {}),
    ...(mappings.length > 0 ? { partitionMappings: Object.fromEntries(mappings) } : {}),
  }
}

/** What assets say of themselves, whoever makes them. */
function described(asset: AnyAsset | ExternalAssetDefinition, kind: string, source: AssetSpec['source']) {
  return {
    key: asset.key,
    kinds: asset.kinds ?? [kind],
    group: asset.group ?? kind,
    description: asset.description ?? '',
    owners: asset.owners ?? [],
    tags: asset.tags ?? [],
    deps: (asset.deps ?? []).map(keyOf),
    columns: [],
    source,
  }
}

function assetSpec(asset: AnyAsset, source: AssetSpec['source']): AssetSpec {
  const code = asset.run.toString()
  return {
    ...described(asset, 'typescript', source),
    isExecutable: true,
    step: stepOfAsset(asset.key),
    ...partitionsOf(asset),
    ...(asset.automation ? { condition: asset.automation.spec } : {}),
    ...(asset.freshness ? { freshness: asset.freshness } : {}),
    code: { language: 'typescript', text: code },
    codeVersion: createHash('sha256').update(code).digest('hex').slice(0, 16),
  }
}

const externalSpec = (asset: ExternalAssetDefinition, source: AssetSpec['source']): AssetSpec => ({
  ...described(asset, 'external', source),
  isExecutable: false,
})

function checkSpec(check: CheckDefinition, isOwn: boolean, source: CheckSpec['source']): CheckSpec {
  return {
    asset: check.asset,
    name: check.name,
    description: check.description,
    isBlocking: check.blocking,
    deps: [],
    step: isOwn ? stepOfAsset(check.asset) : stepOfChecks(check.asset),
    source,
  }
}

function assetStep(asset: AnyAsset, checks: StepSpec['checks']): StepSpec {
  const { retry } = asset
  return {
    key: stepOfAsset(asset.key),
    kind: 'typescript',
    assets: [asset.key],
    checks,
    isSubsettable: false,
    ...(asset.pool === undefined ? {} : { pool: asset.pool }),
    ...(retry
      ? { retry: { max: retry.max, delayMs: retry.delayMs ?? 1_000, backoff: retry.backoff ?? 'constant' } }
      : {}),
  }
}
