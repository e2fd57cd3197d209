import { z } from 'zod'
import { str, truthy } from '../../../../jinja/index.js'
import { type BuildScope, defineComponent, part } from '../../component.js'
import type { Mapping, PagePlace, PaginationStrategy, RequestOptions, StreamCursor } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { emptySlice } from '../../state/interval-cursor.js'
import { compileRequestOption, requestOptionSchema } from '../requests/request-option.js'
import { requestPathSchema } from '../requests/request-path.js'

type Option = ReturnType<typeof compileRequestOption>

/** Asks for page after page: it puts the token of the page, and the size of pages, where the manifest says. */
export const defaultPaginator = defineComponent({
  type: 'DefaultPaginator',
  kind: 'paginator',
  schema: z.looseObject({
    pagination_strategy: part('pagination_strategy'),
    page_size_option: requestOptionSchema.optional(),
    page_token_option: z.union([requestPathSchema, requestOptionSchema]).optional(),
  }),
  build(definition, scope, given) {
    const strategy = scope.build('pagination_strategy', definition.pagination_strategy, given)
    const isLast = given.stopsAt && stopsAt(given.stopsAt)
    const sizeOption = definition.page_size_option && compiled(definition.page_size_option, scope)
    if (sizeOption && !strategy.pageSize())
      throw failure('MANIFEST_INVALID', {
        message: 'A paginator has a `page_size_option`, and its strategy has no `page_size` that could be sent.',
        hint: 'Give the strategy a `page_size`, or remove the option.',
        failureType: 'system_error',
      })
    const tokenOption = definition.page_token_option
    const isPath = tokenOption?.type === 'RequestPath'
    const token =
      tokenOption && !isPath ? compiled(tokenOption as z.output<typeof requestOptionSchema>, scope) : undefined
    if (token && sizeOption) checkApart(token, sizeOption)

    return {
      uses: strategy.uses,
      initialToken: () => tokenMapping(strategy.initialToken()),
      pageSize: () => strategy.pageSize(),
      ...(strategy.openPage && { openPage: strategy.openPage.bind(strategy) }),
      requestOptions: (place) => requestOptions(place, strategy, token, sizeOption),
      async nextPageToken(page) {
        if (isLast?.(page)) return undefined
        const next = await strategy.nextPageToken(page)
        return truthy(next ?? null) ? tokenMapping(next) : undefined
      },
      path({ nextPageToken }) {
        const next = nextPageToken?.next_page_token
        return isPath && truthy(next ?? null) ? str(next) : undefined
      },
    }
  },
})

const compiled = (option: z.output<typeof requestOptionSchema>, { interpolation }: BuildScope): Option =>
  compileRequestOption(option, interpolation.withParameters({}))

const tokenMapping = (token: unknown): Mapping | undefined =>
  token === undefined || token === null ? undefined : { next_page_token: token }

/** The records of a data feed are there from the newest one to the oldest. */
const stopsAt =
  (cursor: StreamCursor): ((page: Parameters<PaginationStrategy['nextPageToken']>[0]) => boolean) =>
  ({ lastRecord, slice }) =>
    lastRecord !== undefined &&
    Object.keys(lastRecord).length > 0 &&
    !cursor.shouldBeSynced(lastRecord, slice ?? emptySlice)

function requestOptions(
  { nextPageToken, pageSizeOverride }: PagePlace,
  strategy: PaginationStrategy,
  token: Option | undefined,
  sizeOption: Option | undefined,
): RequestOptions {
  const options = emptyOptions()
  const value = nextPageToken?.next_page_token
  if (token && value !== undefined && value !== null) token.inject(options, value)
  const size = sizeOption && (pageSizeOverride ?? strategy.pageSize())
  if (size) sizeOption?.inject(options, size)
  return options
}

const emptyOptions = () => ({ params: {}, headers: {}, bodyData: {}, bodyJson: {} })

function checkApart(first: Option, second: Option): void {
  const [one, other] = [first, second].map((option, value) => {
    const options = emptyOptions()
    option.inject(options, value)
    return JSON.stringify(keysOf(options))
  })
  if (one === other)
    throw failure('MANIFEST_INVALID', {
      message: `The token of a page and the size of a page are put at the same place of a request: ${one}.`,
      hint: 'Give one of them another `field_name`.',
      failureType: 'system_error',
    })
}

const keysOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]) : ''
