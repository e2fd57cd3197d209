import type { ErrorJson } from '../../base/index.js'
import type { JsonSchema } from '../contract.js'
import type { Mapping, ReadLimits } from '../declarative/component-contract.js'

export interface PreviewRequest {
  /** All of the source when left out. */
  readonly streams?: readonly string[] | undefined
  /** From where a stream goes on, by its name; in the CDK's shape. */
  readonly states?: Readonly<Record<string, Mapping>> | undefined
  readonly limits: ReadLimits
}

/** What somebody sees who tries a manifest. Plain JSON without secrets. */
export interface ManifestPreview {
  readonly streams: readonly StreamPreview[]
  /** What was asked for no stream: tokens, for example. */
  readonly exchanges: readonly ShownExchange[]
  readonly logs: readonly ShownLog[]
}

export interface StreamPreview {
  readonly stream: string
  readonly records: readonly Mapping[]
  /** Why there may be none: a path that leads nowhere. */
  readonly whyEmpty?: string | undefined
  readonly schema: JsonSchema
  /** That of the records as they came, before numbers were made those of JSON; none where there are none. */
  readonly inferredSchema?: JsonSchema | undefined
  /** Fields that the records have and the schema lacks: a sync loads none of them. */
  readonly undeclared: readonly string[]
  readonly exchanges: readonly ShownExchange[]
  /** It began after this; from the start where it is left out. */
  readonly begin?: Mapping | undefined
  /** From which a sync would go on, had it read all this. */
  readonly state: Mapping | undefined
  readonly error?: ErrorJson | undefined
}

export interface ShownExchange {
  readonly request: {
    readonly method: string
    readonly url: string
    readonly headers: readonly (readonly [name: string, value: string])[]
    readonly body?: string | undefined
  }
  readonly response?:
    | { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: string }
    | undefined
  readonly slice?: Mapping | undefined
  /** Not for records: a token, a parent's record, a schema. */
  readonly isAuxiliary: boolean
}

export interface ShownLog {
  readonly level: string
  readonly message: string
}
