import type { SensorDefinition } from '../authoring/sensor.js'
import type { SensorResult } from '../contract/index.js'
import { settingsOfTags } from '../limits/run-tags.js'
import { evaluateSensor as evaluate } from '../workers/evaluate-sensor.js'
import { surroundings, type TestSurroundings, wrong } from './surroundings.js'
import { answerWithoutCode, newsOf, type SensorNewsOptions } from './told.js'

export interface SensorOutcome extends SensorResult {
  /** What it asks for; each with its own selection, or the target of the sensor. */
  readonly runs: readonly (SensorResult['runs'][number] & { readonly selection: string })[]
  readonly log: readonly string[]
}

/** Lets a sensor look once, or tells it what happened. @param cursor what it answered last; nothing the first time */
export async function evaluateSensor(
  sensor: SensorDefinition,
  options: TestSurroundings & SensorNewsOptions & { readonly cursor?: unknown } = {},
): Promise<SensorOutcome> {
  const { name, monitored, webhook } = sensor
  if (webhook) throw wrong(`The sensor ${name} does not look: it is told.`, 'Use deliver().')
  const { cursor } = options
  if (!monitored) return outcome(sensor, options, (around) => evaluate(around, name, { cursor }))
  const news = newsOf(sensor, options)
  return outcome(sensor, options, async (around) =>
    monitored.isEvaluated ? evaluate(around, name, { cursor, news }) : answerWithoutCode(sensor, options, news),
  )
}

/** Lets a webhook take a delivery. Nothing is signed: who sends is looked at by the server. */
export async function deliver(
  sensor: SensorDefinition,
  payload: unknown,
  options: TestSurroundings & {
    readonly headers?: Readonly<Record<string, string>>
    readonly deliveryId?: string
    readonly receivedAt?: Date
  } = {},
): Promise<SensorOutcome> {
  if (!sensor.webhook) throw wrong(`The sensor ${sensor.name} is not told, it looks.`, 'Use evaluateSensor().')
  const { headers = {}, deliveryId = 'test', receivedAt = new Date() } = options
  const small = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const delivery = { deliveryId, receivedAt: receivedAt.toISOString(), payload, headers: small }
  return outcome(sensor, options, (around) => evaluate(around, sensor.name, { delivery }))
}

async function outcome(
  sensor: SensorDefinition,
  options: TestSurroundings,
  work: (around: Parameters<typeof evaluate>[0]) => Promise<SensorResult>,
): Promise<SensorOutcome> {
  const { name, resources, target } = sensor
  const { around, noted } = surroundings(options, { name, resources, definitions: [sensor] }, {})
  const result = await work(around)
  for (const { tags = {} } of result.runs) settingsOfTags(tags)
  return { ...result, runs: result.runs.map((run) => ({ ...run, selection: run.selection ?? target })), log: noted.log }
}
