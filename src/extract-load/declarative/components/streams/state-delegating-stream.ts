import { z } from 'zod'
import { PyDateTime, utc } from '../../../../python/index.js'
import { type BuildScope, defineComponent, part } from '../../component.js'
import type { DeclarativeStream, Mapping } from '../../component-contract.js'
import { addDuration, parseIsoDuration } from '../../datetime/index.js'
import { failure } from '../../failure.js'
import { configuredCursorFields } from '../cursors/cursor-field.js'

/** One way to read a stream for the first time, and another one from then on. */
export const stateDelegatingStream = defineComponent({
  type: 'StateDelegatingStream',
  kind: 'stream',
  schema: z.looseObject({
    type: z.literal('StateDelegatingStream'),
    name: z.string(),
    full_refresh_stream: part('stream'),
    incremental_stream: part('stream'),
    api_retention_period: z.string().optional(),
  }),
  build: (definition, scope, given) => {
    const { name, full_refresh_stream: full, incremental_stream: incremental } = definition
    if (full.name !== name || incremental.name !== name) throw otherName(name, [full.name, incremental.name])
    const retention = definition.api_retention_period
      ? String(scope.interpolation.value(definition.api_retention_period)())
      : ''
    if (retention && [full, incremental].some(counts)) throw counting(name)
    const { state } = given
    if (!state || Object.keys(state).length === 0) return scope.build('stream', full, { ...given, state: undefined })
    const stream = scope.build('stream', incremental, given)
    // The state of a parent is the parent's business only where somebody loads it too.
    if (!retention || !configuredCursorFields(scope.shared).isConfigured(name)) return stream
    const reached = reachedBy(state, [scope.build('stream', full, given), stream])
    if (reached && reached.getTime() >= oldestKept(retention, scope)) return stream
    return { ...scope.build('stream', full, { ...given, state: undefined }), isStateGivenUp: true }
  },
})

function reachedBy(state: Mapping, streams: readonly DeclarativeStream[]): Date | undefined {
  for (const { cursor } of streams) {
    const reached = cursor.instantOf?.(state)
    if (reached) return reached
  }
  return undefined
}

function oldestKept(retention: string, { services }: BuildScope): number {
  const now = new PyDateTime({ wallMs: services.clock.now().getTime(), offset: 0, zone: utc })
  return addDuration(now, parseIsoDuration(retention), -1).instantMs
}

const counts = (stream: Mapping): boolean =>
  (stream.incremental_sync as Mapping | undefined)?.type === 'IncrementingCountCursor'

const otherName = (name: string, names: readonly unknown[]): Error =>
  failure('MANIFEST_INVALID', {
    message: `The StateDelegatingStream \`${name}\` is made of streams with the names ${names.map((each) => `\`${each}\``).join(' and ')}.`,
    hint: 'Give all three the same name.',
    failureType: 'system_error',
  })

const counting = (name: string): Error =>
  failure('MANIFEST_INVALID', {
    message: `The stream \`${name}\` has \`api_retention_period\` and a cursor that counts, of which nobody can say how old it is.`,
    hint: 'Take one of them away.',
    failureType: 'system_error',
  })
