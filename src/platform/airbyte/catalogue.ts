import type { PlacedStream } from '../../extract-load/index.js'
import type { ReadSchedule } from '../../orchestrate/index.js'

/** What a server of Airbyte has, as far as the graph is told of it. Plain data: it is kept in a file. */
export interface AirbyteCatalogue {
  /** Its version, where it says one. */
  readonly version?: string | undefined
  readonly connections: readonly CataloguedConnection[]
}

export interface CataloguedConnection {
  readonly id: string
  /** As people call it there; need not be the only one of its name. */
  readonly title: string
  readonly workspaceId: string
  /** Where people see it. */
  readonly page: string
  /** `active`, `inactive`, `locked` */
  readonly status: string
  /** Why it is not active, where the server says it. */
  readonly statusReason?: string | undefined
  readonly source: { readonly title: string; readonly type: string }
  readonly destination: { readonly title: string; readonly type: string }
  /** Where its tables are, unless its streams say otherwise; undefined where there are none. */
  readonly schema?: string | undefined
  readonly prefix?: string | undefined
  /** When the server syncs it by itself. */
  readonly schedule?: ReadSchedule | undefined
  readonly schemaChanges?: string | undefined
  readonly streams: readonly PlacedStream[]
}
