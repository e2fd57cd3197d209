import { adapterEvents } from './adapter.js'
import { deprecationEvents, deprecationSummary } from './deprecations.js'
import { depsEvents } from './deps.js'
import { initEvents } from './init.js'
import { nodeEvents } from './nodes.js'
import { parseEvents } from './parse.js'
import { startEvents } from './start.js'

/** Everything that the dbt role says, under dbt's names and codes. */
export const eventCatalogue = {
  ...startEvents,
  ...initEvents,
  ...parseEvents,
  ...deprecationEvents,
  ...deprecationSummary,
  ...depsEvents,
  ...adapterEvents,
  ...nodeEvents,
}

export type EventName = keyof typeof eventCatalogue
export type EventData<Name extends EventName> = Parameters<(typeof eventCatalogue)[Name]['message']>[0]
