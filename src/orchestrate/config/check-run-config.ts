import { nearest } from '../../base/index.js'
import { selectForRun } from '../assets/select-for-run.js'
import type { AssetKey, AssetSpec, Definitions, JsonSchema, RunConfig, RunRequest } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { configProblems, fieldsText } from './config-problems.js'

/**
 * Holds the config of a run against the schemas of what it makes, as far as that can be told without the user's code.
 * @throws CONFIG_INVALID
 */
export function checkRunConfig(
  { assets }: Pick<Definitions, 'assets'>,
  chosen: ReadonlySet<AssetKey>,
  config: RunConfig = {},
): void {
  const takers = assets.filter((asset) => asset.config && chosen.has(asset.key))
  for (const key of Object.keys(config))
    if (!takers.some((asset) => asset.key === key)) throw notTaken(key, assets, takers)
  for (const { key, config: schema } of takers) if (schema) requireValid(key, schema, config[key] ?? {})
}

/** The same for what an automation requests, of what it gives a config to. @throws CONFIG_INVALID */
export function checkConfigOf(
  definitions: Definitions,
  { selection, config }: Pick<RunRequest, 'selection' | 'config'>,
): void {
  if (config !== undefined) checkRunConfig(definitions, selectForRun(definitions, selection), config)
}

function requireValid(key: AssetKey, schema: JsonSchema, value: unknown): void {
  const problems = configProblems(schema, value)
  if (problems.length > 0) throw configInvalid(key, problems, schema)
}

export function configInvalid(key: AssetKey, problems: readonly string[], schema: JsonSchema) {
  const fields = fieldsText(schema)
  return orchestrateErrors.create('CONFIG_INVALID', {
    message: `The config of ${key} does not fit. ${problems.slice(0, 5).join('; ')}`,
    hint: fields === '' ? 'It has no fields.' : `Its fields: ${fields}.`,
  })
}

function notTaken(key: string, assets: readonly AssetSpec[], takers: readonly AssetSpec[]) {
  const known = assets.find((asset) => asset.key === key)
  const keys = takers.map((asset) => asset.key)
  const [meant] = nearest(key, keys, 1)
  return orchestrateErrors.create('CONFIG_INVALID', {
    message: known?.config
      ? `There is a config for ${key}, which is not part of the run.`
      : known
        ? `There is a config for ${key}, which takes none.`
        : `There is a config for ${key}, which is no asset.`,
    hint: known?.config
      ? 'Select it as well, or leave its config out.'
      : meant
        ? `Did you mean '${meant}'?`
        : keys.length > 0
          ? `Of this run ${keys.join(', ')} take one.`
          : 'Nothing in this run takes one: `config: z.object({ … })` of an asset says what it takes.',
  })
}
