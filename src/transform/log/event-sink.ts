import type { DeprecationName } from './catalogue/deprecations.js'
import type { EventData, EventName } from './catalogue/index.js'
import type { EventLevel, NodeInfo } from './event.js'

/** To what an event belongs, where that is known. */
export interface EventContext {
  readonly node?: NodeInfo | undefined
  /** `Thread-1 (worker)`; the main thread otherwise. */
  readonly thread?: string | undefined
  /** Where it hangs on how something ended. */
  readonly level?: EventLevel | undefined
  /** What dbt does not say: the place, and what to do. It stands below the message. */
  readonly details?: readonly string[] | undefined
}

/** Where the transform role says what happens. */
export interface EventSink {
  fire<Name extends EventName>(name: Name, data: EventData<Name>, context?: EventContext): void
  /** A warning that --warn-error may turn into an error, or silence. @throws TRANSFORM_WARNING */
  warn<Name extends EventName>(name: Name, data: EventData<Name>, context?: EventContext): void
  /** Shows the first of its kind (or all, with --show-all-deprecations) and counts it. @throws TRANSFORM_WARNING */
  deprecate<Name extends DeprecationName>(name: Name, data: EventData<Name>, context?: EventContext): void
}

/** Hears nothing: for sessions that nobody reads the log of. */
export const silentEvents: EventSink = { fire: () => {}, warn: () => {}, deprecate: () => {} }

/** An event with its data, to be fired by somebody else. */
export type NamedEvent = { [Name in EventName]: { readonly name: Name; readonly data: EventData<Name> } }[EventName]
