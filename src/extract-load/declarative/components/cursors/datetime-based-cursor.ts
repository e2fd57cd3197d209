import { PyTimeDelta } from '../../../../python/index.js'
import { defineComponent } from '../../component.js'
import { addDuration } from '../../datetime/index.js'
import { IntervalCursor } from '../../state/interval-cursor.js'
import { PartitionCursor } from '../../state/partition-cursor.js'
import { datetimeBasedCursorSchema } from './datetime-based-cursor-schema.js'
import { compileDatetimeRules } from './datetime-rules.js'

/** Reads a stream in windows of time; with partitions, each of them from where it was left. */
export const datetimeBasedCursor = defineComponent({
  type: 'DatetimeBasedCursor',
  kind: 'incremental_sync',
  schema: datetimeBasedCursorSchema,
  build: (definition, scope, { stream, partitionRouter, state }) => {
    const rules = compileDatetimeRules(definition, scope, stream)
    if (!partitionRouter) return new IntervalCursor(rules(), state ?? {})
    return new PartitionCursor({
      router: partitionRouter,
      rules,
      shiftBack: (value, seconds) => addDuration(value, new PyTimeDelta(seconds * 1000), -1),
      state: state ?? {},
      isGlobal: partitionRouter.hasGlobalStateOnly === true || definition.global_substream_cursor === true,
      clock: scope.services.clock,
    })
  },
})
