import type { ComponentDefinition, RetrieverGiven } from '../../component.js'
import type { Mapping } from '../../component-contract.js'
import { isList, isPlainMapping } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import { takesSmallPageForLast } from './short-page-condition.js'
import type { SimpleRetrieverDefinition } from './simple-retriever-schema.js'

/** What its parts cannot see alone: together they would lose records, or ask for the same pages for ever. @throws MANIFEST_INVALID */
export function checkRetriever(
  definition: SimpleRetrieverDefinition,
  { name, cursor, hasFiles }: RetrieverGiven,
): void {
  const refuse = (message: string, hint: string): never => {
    throw failure('MANIFEST_INVALID', { message: `Stream \`${name}\`: ${message}`, hint, failureType: 'system_error' })
  }
  const { paginator, page_size_reduction, request_window_splitting, pagination_reset, requester } = definition

  if (paginator?.type === 'DefaultPaginator' && !canPage(definition.decoder))
    refuse(
      `its paginator would have to look into a body that a ${definition.decoder?.type} reads.`,
      'Pages go with a JsonDecoder, a XmlDecoder, or a GzipDecoder around a JsonDecoder.',
    )
  if (pagination_reset?.limits && definition.record_selector.record_filter)
    refuse('`pagination_reset` has limits, and records are filtered: it cannot count them.', 'Remove one of them.')
  if (usesAction(requester.error_handler, 'REDUCE_PAGE_SIZE') && !page_size_reduction)
    refuse('an error handler reduces the size of pages, and there is no `page_size_reduction`.', 'Add one.')
  if (usesAction(requester.error_handler, 'SPLIT_REQUEST_WINDOW') && !request_window_splitting)
    refuse('an error handler splits windows, and there is no `request_window_splitting`.', 'Add one.')
  const isLazy = readsParentsLazily(definition.partition_router)
  if (isLazy && (page_size_reduction || request_window_splitting))
    refuse(
      'its first pages come with the records of a parent (`lazy_read_pointer`), and cannot be made smaller.',
      'Remove one of them.',
    )
  if (hasFiles && (page_size_reduction || request_window_splitting))
    refuse(
      'its files are fetched between its records, and its pages cannot be made smaller after that.',
      'Remove `page_size_reduction` and `request_window_splitting`, or the `file_uploader`.',
    )
  if (hasProperties(requester) && (page_size_reduction || request_window_splitting))
    refuse(
      'its pages are asked for once per list of properties, and cannot be made smaller in between.',
      'Remove `page_size_reduction` and `request_window_splitting`, or the properties.',
    )
  if (request_window_splitting && !cursor.split)
    refuse('`request_window_splitting` needs a cursor with windows.', 'Give the stream a DatetimeBasedCursor.')
  const sizeProblem = page_size_reduction && whyNotReducible(definition)
  if (sizeProblem)
    refuse(`its pages cannot be made smaller: ${sizeProblem}`, 'Remove `page_size_reduction`, or change the paginator.')
}

function canPage(decoder: ComponentDefinition | undefined): boolean {
  if (!decoder) return true
  if (decoder.type === 'GzipDecoder') return canPage(decoder.decoder as ComponentDefinition | undefined)
  return decoder.type === 'JsonDecoder' || decoder.type === 'XmlDecoder' || decoder.type === 'CustomDecoder'
}

function hasProperties({ request_parameters, fetch_properties_from_endpoint, query_properties }: Mapping): boolean {
  if (fetch_properties_from_endpoint || query_properties) return true
  const parameters = isPlainMapping(request_parameters) ? Object.values(request_parameters) : []
  return parameters.some((value) => isPlainMapping(value) && value.type === 'QueryProperties')
}

function usesAction(handler: unknown, action: string): boolean {
  if (!isPlainMapping(handler)) return false
  const { error_handlers: inner, response_filters: filters } = handler
  if (isList(inner)) return inner.some((each) => usesAction(each, action))
  return isList(filters) && filters.some((filter) => isPlainMapping(filter) && filter.action === action)
}

function readsParentsLazily(router: SimpleRetrieverDefinition['partition_router']): boolean {
  const configs = isPlainMapping(router) ? router.parent_stream_configs : undefined
  return (
    isList(configs) &&
    configs.some(
      (config) => isPlainMapping(config) && isList(config.lazy_read_pointer) && config.lazy_read_pointer.length > 0,
    )
  )
}

function whyNotReducible({ paginator, page_size_reduction: reduction }: SimpleRetrieverDefinition): string | undefined {
  if (paginator?.type !== 'DefaultPaginator' || !isPlainMapping(paginator.page_size_option))
    return 'no paginator sends their size.'
  if (isPlainMapping(paginator.page_token_option) && paginator.page_token_option.type === 'RequestPath')
    return 'the next page is an address that says the size by itself.'
  const strategy = paginator.pagination_strategy as ComponentDefinition
  if (strategy.type === 'PageIncrement')
    return 'pages of another size begin elsewhere, and PageIncrement would skip records.'
  const size = Number(strategy.page_size)
  if (strategy.page_size === undefined && strategy.type !== 'CustomPaginationStrategy') return 'they have no size.'
  if (size <= (reduction?.minimum_page_size ?? 1))
    return `\`page_size\` is ${size}, and \`minimum_page_size\` is not less.`
  const stop = strategy.stop_condition
  if (typeof stop === 'string' && takesSmallPageForLast(stop, reduction?.minimum_page_size ?? 1))
    return `the \`stop_condition\` ${stop} takes a smaller page for the last one: compare with \`page_size\`.`
  return undefined
}
