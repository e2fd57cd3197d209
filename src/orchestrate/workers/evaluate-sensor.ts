import { safeParseAsync } from 'zod/v4/core'
import type { ConfigSchema } from '../authoring/config.js'
import { requireKey } from '../authoring/partitions.js'
import type { SensorAnswer } from '../authoring/sensor.js'
import { targetText } from '../authoring/target.js'
import type { DeliveryContent, DynamicPartitionChanges, RunConfig, SensorResult } from '../contract/index.js'
import { orchestrateErrors } from '../errors.js'
import { observe } from './observe.js'
import { OpenResources } from './open-resources.js'
import { plain } from './plain.js'
import { type CodeSurroundings, gone } from './run-step.js'
import { sensorOfObserved } from './step-keys.js'

/** Asks a sensor whether there is something to do. */
export async function evaluateSensor(
  around: CodeSurroundings,
  name: string,
  cursor: unknown,
  delivery?: DeliveryContent,
): Promise<SensorResult> {
  const observed = around.definitions.find((one) => one.type === 'external' && sensorOfObserved(one.key) === name)
  if (observed?.type === 'external' && observed.observe) return observe(around, observed, cursor)
  const found = around.definitions.find((one) => one.type === 'sensor' && one.name === name)
  if (found?.type !== 'sensor') throw gone('sensor', name)
  const { project, signal, query } = around
  const resources = new OpenResources(around)
  try {
    const answer = await found.evaluate({
      ...(found.webhook ? await deliveryOf(name, found.payload, delivery) : { cursor: cursor ?? undefined }),
      projectDir: project.projectDir,
      signal,
      query,
      resources: await resources.values(found.resources),
    } as never)
    return resultOf(name, answer)
  } finally {
    await resources.close()
  }
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

function resultOf(name: string, answer: SensorAnswer | undefined): SensorResult {
  if (answer === null || typeof answer !== 'object' || (answer.runs !== undefined && !Array.isArray(answer.runs)))
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
      for (const key of [...add, ...remove]) requireKey(key)
      return [name, { add: [...add], remove: [...remove] }]
    }),
  )
}
