import { isMapping, readText, readYaml } from '../base/index.js'
import type { RunConfig } from '../orchestrate/index.js'
import { cliErrors } from './errors.js'

/** The config of a run as it was typed, or as a file has it. @throws CLI_USAGE, YAML_SYNTAX */
export function runConfig(options: { readonly config?: string; readonly configFile?: string }): RunConfig | undefined {
  const { config, configFile } = options
  if (config !== undefined && configFile !== undefined)
    throw cliErrors.create('CLI_USAGE', {
      message: 'The config comes from --config or from --config-file, not from both.',
      hint: 'Leave one of them out.',
    })
  if (config !== undefined) return byAsset(parsed(config), '--config')
  if (configFile !== undefined) return byAsset(readYaml(readText(configFile), configFile).value ?? {}, configFile)
  return undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw cliErrors.create('CLI_USAGE', {
      message: `--config is not JSON: ${cause instanceof Error ? cause.message : cause}.`,
      hint: `Write it as --config '{"reports/x": {"days": 7}}', or as YAML into a file for --config-file.`,
      cause,
    })
  }
}

function byAsset(value: unknown, where: string): RunConfig {
  if (isMapping(value)) return value
  throw cliErrors.create('CLI_USAGE', {
    message: `${where} does not say for which asset it is.`,
    hint: 'It has the keys of assets, and what is asked of each: {"reports/x": {"days": 7}}.',
  })
}
