import type { z } from 'zod'
import { PyDateTime, PyTimeDelta, utc } from '../../../../python/index.js'
import type { BuildScope } from '../../component.js'
import { addDuration, type Duration, parseIsoDuration } from '../../datetime/index.js'
import { failure } from '../../failure.js'
import type { IntervalCursorRules } from '../../state/interval-cursor.js'
import type { WindowRules } from '../../state/windows.js'
import { type Clamping, clampingTo } from './clamping.js'
import { cursorFieldOf } from './cursor-field.js'
import { boundaryOptions } from './cursor-options.js'
import type { datetimeBasedCursorSchema } from './datetime-based-cursor-schema.js'
import { compareInstants, datetimeValues, isEmptyDuration, plusWithinYears } from './datetime-values.js'
import { compileMinMaxDatetime } from './min-max-datetime.js'

type Definition = z.infer<typeof datetimeBasedCursorSchema>
type Rules = IntervalCursorRules<PyDateTime>

/**
 * What a datetime cursor does, compiled once.
 * @returns the rules of one cursor: each partition has its own, and its start may be made of the present
 */
export function compileDatetimeRules(definition: Definition, scope: BuildScope, stream: string): () => Rules {
  const { interpolation, services } = scope
  const granularity = definition.cursor_granularity ? parseIsoDuration(definition.cursor_granularity) : undefined
  const step = compileStep(definition, granularity, scope)
  const clamping = clampingOf(definition, scope)
  const values = datetimeValues({
    format: definition.datetime_format,
    inputFormats: definition.cursor_datetime_formats ?? [],
    granularity,
  })
  const start = compileMinMaxDatetime(definition.start_datetime, definition.datetime_format, interpolation)
  const end = compileEnd(definition, { scope, clamping, granularity })
  const names = {
    start: interpolation.text(definition.partition_field_start || 'start_time')(),
    end: interpolation.text(definition.partition_field_end || 'end_time')(),
  }
  const windows: Omit<WindowRules<PyDateTime>, 'start'> = {
    values,
    end,
    step: (at) => (step ? plusWithinYears(at, step) : undefined),
    lookback: back(lookbackOf(definition, scope)),
    previous: back(granularity),
    following: granularity && ((value) => addDuration(value, granularity)),
    clamp: clamping ? clamping.up : (value) => value,
    isCompareStrictly: definition.is_compare_strictly ?? false,
  }
  const rules: Omit<Rules, 'windows'> = {
    field: cursorFieldOf(definition, { stream, shared: scope.shared, interpolation }),
    takesOtherField: definition.allow_catalog_defined_cursor_field ?? false,
    boundaries: [names.start, names.end],
    isBounded: true,
    requestOptions: boundaryOptions(
      [
        { option: definition.start_time_option, field: names.start },
        { option: definition.end_time_option, field: names.end },
      ],
      interpolation,
    ),
    instant: (value) => new Date(value.instantMs),
    ...(granularity instanceof PyTimeDelta && granularity.ms > 0 ? { halves: halvesBy(granularity) } : {}),
    warn: (message) => void services.say({ type: 'log', level: 'warn', message: `${stream}: ${message}` }),
  }
  return () => ({ ...rules, windows: { ...windows, start: start() } })
}

const back = (duration: Duration | undefined): ((value: PyDateTime) => PyDateTime) | undefined =>
  duration && !isEmptyDuration(duration) ? (value) => addDuration(value, duration, -1) : undefined

function compileStep(
  definition: Definition,
  granularity: Duration | undefined,
  { interpolation }: BuildScope,
): Duration | undefined {
  if (Boolean(definition.step) !== Boolean(granularity))
    throw failure('MANIFEST_INVALID', {
      message: 'A datetime cursor has one of `step` and `cursor_granularity`.',
      hint: 'Give it both, or none of them.',
      failureType: 'system_error',
    })
  const text = definition.step ? interpolation.text(definition.step)() : ''
  return text ? parseIsoDuration(text) : undefined
}

function lookbackOf(definition: Definition, { interpolation }: BuildScope): Duration | undefined {
  const text = definition.lookback_window ? interpolation.text(definition.lookback_window)() : ''
  return text ? parseIsoDuration(text) : undefined
}

function clampingOf({ clamping }: Definition, { interpolation }: BuildScope): Clamping | undefined {
  return clamping && clampingTo(interpolation.text(clamping.target)(), clamping.target_details)
}

/** The end is asked for with each record that is filtered; within a millisecond it stays what it is. */
function compileEnd(
  definition: Definition,
  given: {
    readonly scope: BuildScope
    readonly clamping: Clamping | undefined
    readonly granularity: Duration | undefined
  },
): () => PyDateTime {
  const { interpolation, services } = given.scope
  const present = (): PyDateTime => new PyDateTime({ wallMs: services.clock.now().getTime(), offset: 0, zone: utc })
  const defined = definition.end_datetime
    ? compileMinMaxDatetime(definition.end_datetime, definition.datetime_format, interpolation)
    : present
  const { clamping, granularity } = given
  const clamped = clamping ? () => addDuration(clamping.down(defined()), granularity ?? clamping.unit, -1) : defined
  let kept: { readonly at: number; readonly end: PyDateTime } | undefined
  return () => {
    const at = services.clock.now().getTime()
    if (kept?.at !== at) kept = { at, end: clamped() }
    return kept.end
  }
}

/** Two halves of whole units; undefined for a window that is one unit, or is no longer than the manifest lets it become. */
function halvesBy(granularity: PyTimeDelta): NonNullable<Rules['halves']> {
  const unitMs = granularity.ms
  return (start, end, minSeconds) => {
    const spanMs = end.instantMs - start.instantMs + (end.micros - start.micros) / 1000
    if (spanMs <= 0 || (minSeconds !== undefined && spanMs <= minSeconds * 1000)) return undefined
    const units = Math.floor(spanMs / unitMs) + 1
    if (units <= 1) return undefined
    const firstEnd = addDuration(start, new PyTimeDelta((Math.floor(units / 2) - 1) * unitMs))
    const secondStart = addDuration(firstEnd, granularity)
    return compareInstants(secondStart, end) <= 0 ? [firstEnd, secondStart] : undefined
  }
}
