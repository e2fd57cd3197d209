import { checkConfigOf } from '../config/check-run-config.js'
import type { Definitions, RunRequest, SensorResult, SensorSpec } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { settingsOfTags } from '../limits/run-tags.js'

/** The runs that a sensor asks for. @throws RUN_TAG_INVALID, CONFIG_INVALID, USER_CODE_FAILED for one that makes nothing */
export function sensorRequests(
  definitions: Definitions,
  sensor: Pick<SensorSpec, 'name' | 'target'>,
  result: Pick<SensorResult, 'runs'>,
): RunRequest[] {
  for (const { tags = {} } of result.runs) settingsOfTags(tags)
  const requests = result.runs.map(
    (run): RunRequest => ({
      selection: run.selection ?? targetOf(sensor),
      trigger: { type: 'sensor', name: sensor.name },
      partitions: run.partitions,
      config: run.config,
      tags: run.tags,
      runKey: run.key === undefined ? undefined : `sensor ${sensor.name} ${run.key}`,
    }),
  )
  for (const request of requests) checkConfigOf(definitions, request)
  return requests
}

function targetOf({ name, target }: Pick<SensorSpec, 'name' | 'target'>): string {
  if (target !== '') return target
  throw orchestrateErrors.create('USER_CODE_FAILED', {
    message: `The sensor ${name} asks for a run without saying what it is to make.`,
    hint: 'Give the run a `target`, or the sensor one for all its runs.',
  })
}
