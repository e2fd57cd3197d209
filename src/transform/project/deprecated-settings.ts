import { join } from 'node:path'
import type { EventSink } from '../log/event-sink.js'
import { earlySettings } from './early-settings.js'
import { isMapping } from './yaml-file.js'

const suspicious = ['data-paths', 'source-paths', 'log-path', 'target-path']

/** Says which settings of dbt_project.yml dbt has renamed or given up. @throws TRANSFORM_WARNING with --warn-error */
export function tellOfDeprecatedSettings(projectDir: string, events: EventSink): void {
  const mapping = earlySettings(join(projectDir, 'dbt_project.yml'), suspicious)
  const has = (key: string) => mapping[key] !== undefined
  if (has('data-paths'))
    events.deprecate('ConfigDataPathDeprecation', { deprecated_path: 'data-paths', exp_path: 'seed-paths' })
  if (has('source-paths'))
    events.deprecate('ConfigSourcePathDeprecation', { deprecated_path: 'source-paths', exp_path: 'model-paths' })
  if (has('log-path') && mapping['log-path'] !== 'logs')
    events.deprecate('ConfigLogPathDeprecation', { deprecated_path: 'log-path' })
  if (has('target-path') && mapping['target-path'] !== 'target')
    events.deprecate('ConfigTargetPathDeprecation', { deprecated_path: 'target-path' })
}

/** `config:` of profiles.yml, which is `flags:` of dbt_project.yml now. */
export function tellOfFlagsInProfiles(profilesFile: string, events: EventSink): void {
  if (isMapping(earlySettings(profilesFile, ['config']).config)) events.deprecate('ProjectFlagsMovedDeprecation', {})
}
