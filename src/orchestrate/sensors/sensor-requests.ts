import type { RunRequest, SensorResult, SensorSpec } from '../contract/index.js'
import { settingsOfTags } from '../limits/run-tags.js'

/** The runs that a sensor asks for. @throws RUN_TAG_INVALID */
export function sensorRequests(
  sensor: Pick<SensorSpec, 'name' | 'target'>,
  result: Pick<SensorResult, 'runs'>,
): RunRequest[] {
  for (const { tags = {} } of result.runs) settingsOfTags(tags)
  return result.runs.map((run) => ({
    selection: run.selection ?? sensor.target,
    trigger: { type: 'sensor', name: sensor.name },
    partitions: run.partitions,
    config: run.config,
    tags: run.tags,
    runKey: run.key === undefined ? undefined : `sensor ${sensor.name} ${run.key}`,
  }))
}
