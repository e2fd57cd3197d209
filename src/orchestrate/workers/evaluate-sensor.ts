import { safeParseAsync } from 'zod/v4/core'
import { toMillraceError } from '../../base/index.js'
import type { ConfigSchema } from '../authoring/config.js'
import { requireNewKey } from '../authoring/partitions.js'
import type { SensorAnswer } from '../authoring/sensor.js'
import { targetText } from '../authoring/target.js'
import { issueTexts } from '../config/config-problems.js'
import type {
  DeliveryContent,
  DynamicPartitionChanges,
  RunConfig,
  SensorNews,
  SensorQuestion,
  SensorResult,
} from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { shownPath } from '../sensors/shown-path.js'
import { plain } from '../values/plain.js'
import type { CodeSurroundings, ListFiles } from './code-context.js'
import { observe } from './observe.js'
import { OpenResources } from './open-resources.js'
import { gone } from './run-step.js'
import { sensorOfObserved } from './step-keys.js'

/** Asks a sensor whether there is something to do. */
export async function evaluateSensor(
  around: CodeSurroundings,
  name: string,
  { cursor, delivery, news }: Partial<Pick<SensorQuestion, 'cursor' | 'delivery' | 'news'>>,
): Promise<SensorResult> {
  const observed = around.definitions.find((one) => one.type === 'external' && sensorOfObserved(one.key) === name)
  if (observed?.type === 'external' && observed.observe) return observe(around, observed, cursor)
  const found = around.definitions.find((one) => one.type === 'sensor' && one.name === name)
  if (found?.type !== 'sensor') throw gone('sensor', name)
  const { project, signal, query } = around
  const files: ListFiles = (path, places = {}) => around.files(path, places).catch((thrown) => unreadable(path, thrown))
  const resources = new OpenResources(around)
  try {
    const answer = await found.evaluate({
      ...(found.webhook
        ? await deliveryOf(name, found.payload, delivery)
        : { cursor: await storedCursor(name, found.cursor, cursor ?? undefined) }),
      ...(found.monitored ? newsOf(name, news) : {}),
      projectDir: project.projectDir,
      signal,
      query,
      files,
      resources: await resources.values(found.resources),
    } as never)
    const result = resultOf(name, found.monitored ? (answer ?? {}) : answer)
    await checkCursor(name, found.cursor, result.cursor)
    return result
  } finally {
    await resources.close()
  }
}

/** Whoever has the files is away, or refuses: that is not the engine, which is asked again without a word. */
function unreadable(path: string, thrown: unknown): never {
  const { message, hint } = toMillraceError(thrown)
  throw orchestrateErrors.create('SENSOR_FILES_UNREADABLE', {
    message: `The files of ${shownPath(path)} cannot be listed: ${message}`,
    hint,
    cause: thrown,
  })
}

/** @throws USER_CODE_FAILED for a body that is not what it has to be; what is in it stays there */
async function deliveryOf(name: string, schema: ConfigSchema | undefined, delivery: DeliveryContent | undefined) {
  if (!delivery) throw gone('delivery of', name)
  const parsed = schema && (await safeParseAsync(schema, delivery.payload))
  if (parsed?.success === false) {
    const [issue] = parsed.error.issues
    throw orchestrateErrors.create('USER_CODE_FAILED', {
      message: `A delivery of ${name} has another shape than its schema: ${issue?.path.join('.') || 'the body'}: ${issue?.message}`,
      hint: 'Change what is sent, or the `payload` of webhook(…).',
    })
  }
  const { receivedAt, payload, ...rest } = delivery
  return { ...rest, payload: parsed ? parsed.data : payload, receivedAt: new Date(receivedAt) }
}

/** With dates, which JSON has not. */
function newsOf(name: string, news: SensorNews | undefined) {
  if (!news) throw gone('news of', name)
  if (news.type === 'materializations')
    return { materializations: news.materializations.map((one) => ({ ...one, at: new Date(one.at) })) }
  const { createdAt, startedAt, endedAt, error, ...run } = news.run
  return {
    run: {
      ...run,
      createdAt: new Date(createdAt),
      startedAt: startedAt === undefined ? undefined : new Date(startedAt),
      endedAt: new Date(endedAt),
      error,
    },
  }
}

/** What it answered last as its schema makes it. @throws SENSOR_CURSOR_INVALID where the schema is another one by now */
async function storedCursor(name: string, schema: ConfigSchema | undefined, cursor: unknown): Promise<unknown> {
  if (!schema) return cursor
  const parsed = await safeParseAsync(schema, cursor)
  if (parsed.success) return parsed.data
  if (cursor === undefined) return undefined
  throw orchestrateErrors.create('SENSOR_CURSOR_INVALID', {
    message: `The cursor that is kept of the sensor ${name} does not fit its schema any more: ${issueTexts(parsed.error.issues, cursor).join('; ')}`,
    hint: `Change or reset it on the Automation page, or by PUT or DELETE of /api/automation/${encodeURIComponent(name)}/cursor.`,
  })
}

/** As it is kept it has to be readable again. @throws SENSOR_CURSOR_INVALID */
async function checkCursor(name: string, schema: ConfigSchema | undefined, cursor: unknown): Promise<void> {
  if (!schema || cursor === undefined) return
  const parsed = await safeParseAsync(schema, cursor)
  if (parsed.success) return
  throw orchestrateErrors.create('SENSOR_CURSOR_INVALID', {
    message: `The sensor ${name} answered a cursor that does not fit its schema: ${issueTexts(parsed.error.issues, cursor).join('; ')}`,
    hint: 'The cursor of before is kept, and nothing was requested. Answer what the `cursor` of the sensor says.',
  })
}

function resultOf(name: string, answer: SensorAnswer | undefined): SensorResult {
  if (
    answer === null ||
    answer === undefined ||
    typeof answer !== 'object' ||
    (answer.runs !== undefined && !Array.isArray(answer.runs))
  )
    throw orchestrateErrors.create('USER_CODE_FAILED', {
      message: `The sensor ${name} answered ${JSON.stringify(plain(answer)) ?? 'nothing'}.`,
      hint: "A sensor answers { skip: 'why' } or { cursor: …, runs: [{ key: … }] }.",
    })
  return {
    cursor: plain(answer.cursor),
    skip: answer.skip,
    dynamicPartitions: changesOf(answer.dynamicPartitions),
    runs: (answer.runs ?? []).map(({ key, target, partitions, config, tags }) => ({
      key,
      selection: target === undefined ? undefined : targetText(`A run of the sensor ${name}`, target),
      partitions,
      config: plain(config) as RunConfig | undefined,
      tags,
    })),
  }
}

/** @throws PARTITIONS_INVALID for keys that are none */
function changesOf(changes: SensorAnswer['dynamicPartitions']): DynamicPartitionChanges | undefined {
  if (changes === undefined) return undefined
  return Object.fromEntries(
    Object.entries(changes).map(([name, { add = [], remove = [] }]) => {
      // What was added once can be removed, whatever it is.
      add.forEach(requireNewKey)
      return [name, { add: [...add], remove: [...remove] }]
    }),
  )
}
