import { z } from 'zod'
import { defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import type { CursorValues } from '../../state/cursor-values.js'
import { IntervalCursor } from '../../state/interval-cursor.js'
import { requestOptionSchema } from '../requests/request-option.js'
import { cursorFieldOf } from './cursor-field.js'
import { boundaryOptions } from './cursor-options.js'

/** A cursor of numbers that only grow; the CDK has no end for it, and no windows. */
export const incrementingCountCursor = defineComponent({
  type: 'IncrementingCountCursor',
  kind: 'incremental_sync',
  schema: z.looseObject({
    type: z.literal('IncrementingCountCursor'),
    cursor_field: z.string(),
    allow_catalog_defined_cursor_field: z.boolean().optional(),
    start_value: z.union([z.string(), z.int()]).optional(),
    start_value_option: requestOptionSchema.optional(),
  }),
  build: (definition, scope, { stream, partitionRouter, state }) => {
    if (partitionRouter)
      throw failure('MANIFEST_INVALID', {
        message: `The stream \`${stream}\` has partitions and a cursor that counts.`,
        hint: 'Take one of them away: there is no state for both.',
        failureType: 'system_error',
      })
    const start =
      definition.start_value === undefined
        ? 0
        : wholeNumber(scope.interpolation.value(String(definition.start_value))())
    const same = (value: Count): Count => value
    const rules = {
      field: cursorFieldOf(definition, { stream, shared: scope.shared, interpolation: scope.interpolation }),
      takesOtherField: definition.allow_catalog_defined_cursor_field ?? false,
      boundaries: ['start', 'end'] as const,
      isBounded: false,
      requestOptions: boundaryOptions([{ option: definition.start_value_option, field: 'start' }], scope.interpolation),
      warn: (message: string) =>
        void scope.services.say({ type: 'log', level: 'warn', message: `${stream}: ${message}` }),
      windows: {
        values: counts,
        start,
        end: () => Number.POSITIVE_INFINITY,
        step: () => undefined,
        lookback: undefined,
        previous: undefined,
        following: undefined,
        clamp: same,
        isCompareStrictly: false,
      },
    }
    return new IntervalCursor<Count>(rules, state ?? {})
  },
})

type Count = number | bigint

const counts: CursorValues<Count> = {
  parse: (value) => value as Count,
  format: (value) => value,
  compare: (a, b) => {
    if (!isCount(a) || !isCount(b)) throw noCount(isCount(a) ? b : a)
    return a < b ? -1 : a > b ? 1 : 0
  },
  next: (value) => (typeof value === 'bigint' ? value + 1n : value + 1),
  zero: 0,
}

const isCount = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint'

const noCount = (value: unknown): Error =>
  failure('API_ANSWER_INVALID', {
    message: `A cursor that counts has the value ${JSON.stringify(value)}, which is no number.`,
    hint: 'Choose a field with whole numbers as `cursor_field`.',
    failureType: 'system_error',
  })

function wholeNumber(value: unknown): number {
  const found = Number(value)
  if (Number.isFinite(found)) return Math.trunc(found)
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`start_value\` is ${JSON.stringify(value)}, which is no whole number.`,
    hint: 'Correct it in the manifest, or the setting that it is made of.',
    failureType: 'system_error',
  })
}
