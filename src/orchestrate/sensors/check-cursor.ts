import { configProblems } from '../config/config-problems.js'
import type { SensorSpec } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'

/** Whether a sensor can be given a cursor, as far as that is known without its code. @throws SENSOR_CURSOR_INVALID */
export function checkCursor({ name, cursor: schema }: Pick<SensorSpec, 'name' | 'cursor'>, cursor: unknown): void {
  const problems = schema ? configProblems(schema, cursor) : []
  if (problems.length === 0) return
  throw orchestrateErrors.create('SENSOR_CURSOR_INVALID', {
    message: `That is no cursor of the sensor ${name}: ${problems.join('; ')}`,
    hint: 'Its schema is the `cursor` of the sensor in definitions.ts. To begin anew, reset it.',
  })
}
