/** What a component is that has no `type`, by its parent and the field that it stands in: the CDK's rules. */
const defaultTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AddFields: { fields: 'AddedFieldDefinition' },
  CompositeErrorHandler: { error_handlers: 'DefaultErrorHandler' },
  // The CDK looks for it under this name, with an s, which no component has.
  ConfigComponentsResolver: { stream_config: 'StreamConfig', components_mapping: 'ComponentMappingDefinition' },
  CursorPagination: { decoder: 'JsonDecoder' },
  CustomPartitionRouter: { parent_stream_configs: 'ParentStreamConfig' },
  DatetimeBasedCursor: {
    start_datetime: 'MinMaxDatetime',
    end_datetime: 'MinMaxDatetime',
    start_time_option: 'RequestOption',
    end_time_option: 'RequestOption',
  },
  DeclarativeSource: { check: 'CheckStream', spec: 'Spec', streams: 'DeclarativeStream' },
  DeclarativeStream: { retriever: 'SimpleRetriever', schema_loader: 'JsonFileSchemaLoader' },
  DefaultErrorHandler: { response_filters: 'HttpResponseFilter' },
  DefaultPaginator: { decoder: 'JsonDecoder', page_size_option: 'RequestOption' },
  DpathExtractor: { decoder: 'JsonDecoder', record_expander: 'RecordExpander' },
  DynamicDeclarativeStream: { stream_template: 'DeclarativeStream', components_resolver: 'ConfigComponentResolver' },
  DynamicSchemaLoader: { retriever: 'SimpleRetriever' },
  HttpComponentsResolver: { retriever: 'SimpleRetriever', components_mapping: 'ComponentMappingDefinition' },
  HttpRequester: { error_handler: 'DefaultErrorHandler' },
  ListPartitionRouter: { request_option: 'RequestOption' },
  ParentStreamConfig: { request_option: 'RequestOption', stream: 'DeclarativeStream' },
  RecordExpander: { parent_fields: 'ParentFieldPath' },
  RecordSelector: { extractor: 'DpathExtractor', record_filter: 'RecordFilter' },
  SchemaTypeIdentifier: { types_map: 'TypesMap' },
  SimpleRetriever: { paginator: 'NoPagination', record_selector: 'RecordSelector', requester: 'HttpRequester' },
  SubstreamPartitionRouter: { parent_stream_configs: 'ParentStreamConfig' },
}

/** The same for what has a `class_name`. */
const customTypes: typeof defaultTypes = {
  CompositeErrorHandler: { backoff_strategies: 'CustomBackoffStrategy' },
  DeclarativeStream: { retriever: 'CustomRetriever', transformations: 'CustomTransformation' },
  DefaultErrorHandler: { backoff_strategies: 'CustomBackoffStrategy' },
  DefaultPaginator: { pagination_strategy: 'CustomPaginationStrategy' },
  HttpRequester: { authenticator: 'CustomAuthenticator', error_handler: 'CustomErrorHandler' },
  RecordSelector: { extractor: 'CustomRecordExtractor' },
  SimpleRetriever: { partition_router: 'CustomPartitionRouter' },
}

/** A field of a component of a type. */
export interface Field {
  readonly type: string
  readonly name: string
}

export function defaultType(field: Field | undefined, isCustom: boolean): string | undefined {
  if (!field) return undefined
  const types = isCustom ? customTypes : defaultTypes
  return Object.hasOwn(types, field.type) ? own(types[field.type], field.name) : undefined
}

const own = (names: Readonly<Record<string, string>> | undefined, name: string) =>
  names && Object.hasOwn(names, name) ? names[name] : undefined
