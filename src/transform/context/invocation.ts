import type { Logger } from '../../base/index.js'
import { PyDict } from '../../jinja/index.js'
import type { ProfileTarget } from '../contract.js'
import type { EventSink } from '../log/event-sink.js'
import { toPython } from '../python/values.js'

/** One call of a command, as far as templates can see it. */
export interface Invocation {
  readonly id: string
  readonly startedAt: Date
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cliVars: Readonly<Record<string, unknown>>
  readonly flags: Readonly<Record<string, unknown>>
  readonly target: ProfileTarget
  readonly projectName: string
  readonly logger: Logger
  /** Where a command says what happens; sessions of the orchestrator have a logger only. */
  readonly events?: EventSink | undefined
  /** Hears which var, environment variable or flag a template asks for: `var:shop:start`, `env:HOME`, `flags`. */
  readonly onRead?: ((key: string) => void) | undefined
  /** `print()` writes here. */
  readonly print: (line: string) => void
}

/** Flags under the names of dbt's command line, without those that say nothing. */
export const argsDict = (flags: Invocation['flags']): PyDict =>
  PyDict.from(
    Object.entries(flags)
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name, value]) => value !== null && value !== undefined && !(value === false && saidWhenOn.has(name)))
      .map(([name, value]) => [name, toPython(value)] as const),
  )

/** Flags that dbt leaves out where they are off. */
const saidWhenOn = new Set([
  ...['debug', 'full_refresh', 'fail_fast', 'warn_error', 'single_threaded', 'log_cache_events', 'store_failures'],
  'use_experimental_parser',
])
