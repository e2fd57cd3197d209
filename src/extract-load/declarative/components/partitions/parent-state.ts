import { isMapping } from '../../../../base/index.js'
import type { BuildScope, ComponentDefinition } from '../../component.js'
import type { Mapping } from '../../component-contract.js'
import { noCursorKey } from '../cursors/no-cursor.js'

/**
 * What the state of a stream says of its parent: its own state of it, else the one of all partitions, else the only value that an old state has.
 */
export function parentStateFrom(
  state: Mapping | undefined,
  parent: ComponentDefinition,
  scope: BuildScope,
): Mapping | undefined {
  if (!state) return undefined
  const { [noCursorKey]: _, ...own } = state
  if (Object.keys(own).length === 0) return undefined
  const kept = isMapping(own.parent_state) ? own.parent_state[String(parent.name)] : undefined
  if (isMapping(kept)) return kept
  if (isMapping(own.state)) return own.state
  const [value, ...others] = Object.values(own)
  if (others.length > 0 || !(typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'))
    return undefined
  const field = cursorFieldOf(parent, scope)
  return field === undefined ? undefined : { [field]: value }
}

/** A stream with a state is read on by its incremental form. */
function cursorFieldOf(parent: ComponentDefinition, scope: BuildScope): string | undefined {
  const stream =
    parent.type === 'StateDelegatingStream' && isMapping(parent.incremental_stream) ? parent.incremental_stream : parent
  const sync = stream.incremental_sync
  if (!isMapping(sync) || typeof sync.cursor_field !== 'string') return undefined
  const parameters = isMapping(sync.$parameters) ? sync.$parameters : {}
  return scope.interpolation.withParameters(parameters).text(sync.cursor_field)()
}
