import { z } from 'zod'
import type {
  Authenticator,
  BackoffStrategy,
  Check,
  ComponentsResolver,
  DeclarativeStream,
  Decoder,
  ErrorHandler,
  FieldUse,
  FileUploader,
  Mapping,
  PaginationStrategy,
  Paginator,
  PartitionRouter,
  QueryProperties,
  RecordExpander,
  RecordExtractor,
  RecordFilter,
  RecordSelector,
  RecordTransformation,
  Requester,
  Retriever,
  SchemaLoader,
  SchemaNormalization,
  SourceServices,
  StreamCursor,
} from './component-contract.js'
import type {
  ConfigRules,
  ConfigTransformation,
  ConfigValidator,
  ValidationStrategy,
} from './components/config/rules.js'
import type { ApiBudget, CallRatePolicy } from './http/budget.js'
import type { Interpolation } from './interpolation/index.js'

/** A component as the manifest has it, after references, parameters and types were settled. */
export type ComponentDefinition = { readonly type: string; readonly $parameters?: Mapping } & Mapping

/** What is made of a component, by its kind, and what it must be given besides its definition. A kind of one component has that one's name. */
export interface ComponentKinds {
  authenticator: { built: Authenticator; given: AuthenticatorGiven }
  backoff_strategy: { built: BackoffStrategy; given: undefined }
  error_handler: { built: ErrorHandler; given: undefined }
  decoder: { built: Decoder; given: undefined }
  requester: { built: Requester; given: RequesterGiven }
  api_budget: { built: ApiBudget; given: undefined }
  call_rate_policy: { built: CallRatePolicy; given: undefined }
  pagination_strategy: { built: PaginationStrategy; given: PaginationGiven }
  paginator: { built: Paginator; given: PaginationGiven & { readonly urlBase: Requester['urlBase'] } }
  record_extractor: {
    built: RecordExtractor
    given: { readonly decoder: Decoder; readonly stream?: string | undefined }
  }
  record_filter: { built: RecordFilter; given: undefined }
  record_expander: { built: RecordExpander; given: undefined }
  schema_normalization: { built: SchemaNormalization; given: undefined }
  record_selector: {
    built: RecordSelector
    given: {
      /** That of the stream, where the records are those of one. */
      readonly name?: string | undefined
      readonly decoder: Decoder
      readonly transformations: readonly RecordTransformation[]
      /** Unless the manifest says when. */
      readonly transformsFirst?: boolean | undefined
      /** Drops what was synced before (`is_client_side_incremental`); it sees records when the CDK has it see them. */
      readonly clientSideFilter?: RecordFilter | undefined
      /** For `schema_normalization`. */
      readonly schema?: SchemaLoader | undefined
      /** What others look at in its records, which may be packed therefore; undefined where nobody wants them packed. */
      readonly packedFor?: readonly (FieldUse | undefined)[] | undefined
    }
  }
  transformation: { built: RecordTransformation; given: undefined }
  retriever: { built: Retriever; given: RetrieverGiven }
  query_properties: { built: QueryProperties; given: { readonly stream: string } }
  property_list: { built: { names(): Promise<readonly string[]> }; given: undefined }
  property_selector: {
    built: { /** Undefined: all of them. */ select(): ReadonlySet<string> | undefined }
    given: { readonly stream: string }
  }
  schema_loader: { built: SchemaLoader; given: undefined }
  spec: { built: ConfigRules; given: undefined }
  config_migration: { built: ConfigTransformation; given: undefined }
  config_transformation: { built: ConfigTransformation; given: undefined }
  config_validator: { built: ConfigValidator; given: undefined }
  validation_strategy: { built: ValidationStrategy; given: undefined }
  partition_router: {
    built: PartitionRouter
    given: {
      readonly stream: string
      readonly state: Mapping | undefined
      /** The stream is read for another one. */
      readonly isOfParent?: boolean | undefined
      /** The stream with which the requests of its parents are shown. */
      readonly readFor?: string | undefined
    }
  }
  /** Given the state in the CDK's shape, undefined where there is none. */
  incremental_sync: {
    built: StreamCursor
    given: {
      readonly stream: string
      readonly partitionRouter: PartitionRouter | undefined
      readonly state: Mapping | undefined
    }
  }
  file_uploader: {
    built: FileUploader
    given: { readonly stream: string; readonly primaryKey: readonly (readonly string[])[] }
  }
  stream: {
    built: DeclarativeStream
    given: {
      readonly state: Mapping | undefined
      /** It is read for a stream, or for a parent of one. */
      readonly parentOf?: 'stream' | 'parent' | undefined
      /** The stream for which it is read in the end, where it is a parent: what is asked for is shown with that one. */
      readonly readFor?: string | undefined
    }
  }
  state_migration: {
    built: { migrate(state: Mapping): Mapping }
    given: { /** As the manifest has it. */ readonly stream: Mapping }
  }
  concurrency_level: { built: number; given: undefined }
  components_resolver: { built: ComponentsResolver; given: { readonly stream: string | undefined } }
  check: { built: Check; given: undefined }
}

export interface AuthenticatorGiven {
  /** Of the stream that is read with it. */
  readonly name: string
  /** `url` or `url_base` of the requester that it belongs to, as the manifest has it. */
  readonly urlBase: string | undefined
}

export interface RequesterGiven {
  /** Of the stream: logs, limits and the cache of its responses go by it. */
  readonly name: string
  readonly decoder: Decoder
  /** The parameter that `QueryProperties` stood at; what is asked for stands in the slice. */
  readonly queryPropertiesKey?: string | undefined
  /** Responses are kept for whoever asks the same again, whatever the definition says. */
  readonly useCache?: boolean | undefined
  /** Its responses are no records of a stream: a token, a schema, a parent. */
  readonly isAuxiliary?: boolean | undefined
  /** The stream with which its requests are shown, where that is another one. */
  readonly readFor?: string | undefined
}

export interface PaginationGiven {
  readonly decoder: Decoder
  /** Definition of what finds the records of a page: some strategies cannot count the records of some extractors. */
  readonly extractor: ComponentDefinition
  /** A data feed ends with the page that has a record of which the cursor says that it was synced. */
  readonly stopsAt?: StreamCursor | undefined
}

export interface RetrieverGiven {
  readonly name: string
  readonly primaryKey: readonly (readonly string[])[]
  readonly cursor: StreamCursor
  readonly transformations: readonly RecordTransformation[]
  readonly clientSideFilter?: RecordFilter | undefined
  readonly isDataFeed: boolean
  readonly schema?: SchemaLoader | undefined
  /** Files are fetched for its records, by requests that lie between those for pages. */
  readonly hasFiles?: boolean | undefined
  /** Its records are for another stream, or for a schema. */
  readonly isAuxiliary: boolean
  /** The stream with which its requests are shown, where that is another one. */
  readonly readFor?: string | undefined
  /** A preview reads all of its pages too: a part of a schema, or of a list of streams, is none. */
  readonly isReadWhole?: boolean | undefined
  /** Equal requests are sent once. */
  readonly useCache?: boolean | undefined
  /** `is_client_side_incremental`, also where a data feed compares the cursor by itself: transformations come first. */
  readonly transformsFirst?: boolean | undefined
  /** What is looked at in its records by those who get them from it, and are none of the others here. */
  readonly usedLater?: readonly (FieldUse | undefined)[] | undefined
}

export type ComponentKind = keyof ComponentKinds

/** With what a component is built. */
export interface BuildScope {
  readonly config: Mapping
  /** `$parameters` of the component that is built. */
  readonly parameters: Mapping
  /** Templates of the component that is built. */
  readonly interpolation: Interpolation
  readonly services: SourceServices
  /** What the whole source has one of: budget, caches of parents, what was configured. */
  readonly shared: SharedParts
  build<K extends ComponentKind>(
    kind: K,
    definition: unknown,
    ...given: ComponentKinds[K]['given'] extends undefined ? [] : [ComponentKinds[K]['given']]
  ): ComponentKinds[K]['built']
}

/** A place for what components of one source share, by keys that the folders that need one declare. */
export interface SharedParts {
  once<T>(key: symbol | string, make: () => T): T
}

/** A component type: what may be written of it, and what it does. Its file declares it once; `components/all.ts` knows every file. */
export interface ComponentType<K extends ComponentKind = ComponentKind> {
  readonly type: string
  readonly kind: K
  readonly schema: z.ZodType
  build(definition: never, scope: BuildScope, given: ComponentKinds[K]['given']): ComponentKinds[K]['built']
}

const types = new Map<string, ComponentType>()

export function defineComponent<K extends ComponentKind, S extends z.ZodType>(component: {
  readonly type: string
  readonly kind: K
  readonly schema: S
  build(definition: z.output<S>, scope: BuildScope, given: ComponentKinds[K]['given']): ComponentKinds[K]['built']
}): ComponentType<K> {
  types.set(component.type, component as unknown as ComponentType)
  return component as unknown as ComponentType<K>
}

export const componentType = (type: string): ComponentType | undefined => types.get(type)
export const componentTypes = (): readonly ComponentType[] => [...types.values()]

/** What was found to hold to its schema, by the object that it was read from: a part is checked with its parent, and built later. */
const checked = new WeakMap<object, unknown>()

/** In a schema: a component of a kind. It is checked with all that is in it, and stays as it is, to be built by `scope.build`. */
export const part = (kind: ComponentKind) =>
  z.unknown().transform((value, context): ComponentDefinition => {
    const result = checkedPart(kind, value)
    if ('issues' in result) {
      context.issues.push(...result.issues.map((issue) => ({ ...issue, input: value }) as never))
      return z.NEVER
    }
    return value as ComponentDefinition
  })

/** What its schema makes of a component, checked once. */
export function checkedPart(
  kind: ComponentKind,
  value: unknown,
): { readonly definition: unknown; readonly found: ComponentType } | { readonly issues: readonly PartIssue[] } {
  const type = typeof value === 'object' && value !== null ? (value as Mapping).type : undefined
  if (typeof type !== 'string') return { issues: [{ code: 'custom', path: [], message: `expected a ${kind}` }] }
  const found = types.get(type)
  if (!found) return { issues: [{ code: 'custom', path: [], message: `unknown component type \`${type}\`` }] }
  if (found.kind !== kind)
    return { issues: [{ code: 'custom', path: ['type'], message: `\`${type}\` is a ${found.kind}, not a ${kind}` }] }
  const known = checked.get(value as object)
  if (known !== undefined) return { definition: known, found }
  const result = found.schema.safeParse(value)
  if (!result.success) return { issues: result.error.issues as unknown as PartIssue[] }
  checked.set(value as object, result.data)
  return { definition: result.data, found }
}

export interface PartIssue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
}
