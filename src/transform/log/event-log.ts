import { redact, redactDeep } from '../../base/index.js'
import { transformErrors } from '../errors.js'
import type { DeprecationName } from './catalogue/deprecations.js'
import { type EventData, type EventName, eventCatalogue } from './catalogue/index.js'
import type { EventDefinition, EventLevel, LogEvent } from './event.js'
import type { EventContext, EventSink } from './event-sink.js'
import { withoutColors } from './paint.js'
import { fateOf, formerlyOnlySaid, noWarnErrorOptions, type WarnErrorOptions } from './warn-error.js'

/** One place that events are written to: the terminal, a file. */
export interface LogOutput {
  write(event: LogEvent): void
  close(): void
}

export interface EventLogOptions {
  readonly outputs: readonly LogOutput[]
  readonly warnErrorOptions?: WarnErrorOptions | undefined
  readonly isWarnError?: boolean | undefined
  /** `require_all_warnings_handled_by_warn_error`; without it some warnings stay warnings. */
  readonly handlesAllWarnings?: boolean | undefined
  readonly showsAllDeprecations?: boolean | undefined
}

/** Gives every event to every output, with secrets masked; warnings go through --warn-error first. */
export class EventLog implements EventSink {
  readonly #options: EventLogOptions
  readonly #deprecations = new Map<DeprecationName, number>()

  constructor(options: EventLogOptions) {
    this.#options = options
  }

  fire<Name extends EventName>(name: Name, data: EventData<Name>, context: EventContext = {}): void {
    const definition = eventCatalogue[name] as EventDefinition<EventData<Name>>
    const event: LogEvent = {
      name,
      code: definition.code,
      level: context.level ?? definition.level,
      message: redact(
        [definition.message(data, context.node), ...(context.details ?? []).map((line) => `  ${line}`)].join('\n'),
      ),
      data: redactDeep(data as Record<string, unknown>),
      node: context.node,
      thread: context.thread ?? 'MainThread',
      at: new Date(),
    }
    for (const output of this.#options.outputs) output.write(event)
  }

  /** What becomes of a warning of this name. */
  fateOf(name: EventName): ReturnType<typeof fateOf> {
    const { warnErrorOptions = noWarnErrorOptions, isWarnError = false, handlesAllWarnings = true } = this.#options
    if (!handlesAllWarnings && formerlyOnlySaid.has(name)) return 'warn'
    return fateOf(name, eventCatalogue[name].code, warnErrorOptions, isWarnError)
  }

  warn<Name extends EventName>(name: Name, data: EventData<Name>, context: EventContext = {}): void {
    const definition = eventCatalogue[name] as EventDefinition<EventData<Name>>
    const fate = this.fateOf(name)
    if (fate === 'error')
      throw transformErrors.create('TRANSFORM_WARNING', {
        message: withoutColors(definition.message(data, context.node)),
        hint: (context.details ?? []).join('\n') || undefined,
        data: { warning: name },
      })
    if (fate === 'warn') this.fire(name, data, { ...context, level: 'warn' })
  }

  deprecate<Name extends DeprecationName>(name: Name, data: EventData<Name>, context: EventContext = {}): void {
    const count = this.#deprecations.get(name) ?? 0
    this.#deprecations.set(name, count + 1)
    if (count === 0 || this.#options.showsAllDeprecations) this.warn(name, data, context)
  }

  /** What was deprecated how often, at the end of a command. */
  summarizeDeprecations(): void {
    if (this.#deprecations.size === 0) return
    const summaries = [...this.#deprecations].map(([event_name, occurrences]) => ({
      event_name,
      event_code: eventCatalogue[event_name].code,
      occurrences,
    }))
    this.warn('DeprecationsSummary', { summaries, show_all_hint: !this.#options.showsAllDeprecations })
  }

  close(): void {
    for (const output of this.#options.outputs) output.close()
  }
}

const ranks: Readonly<Record<EventLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 }

export const isAtLeast = (level: EventLevel, least: EventLevel) => ranks[level] >= ranks[least]
