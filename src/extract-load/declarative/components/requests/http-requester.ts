import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import { defineComponent, part } from '../../component.js'
import type { Mapping, RequesterCall, RequestPlace, TemplateValues } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { apiBudgetKey, noBudget } from '../../http/budget.js'
import { preparedRequest, type RequestParts } from '../../http/prepared-request.js'
import { withoutRepeated } from '../../http/prepared-url.js'
import { ResponseCaches, responseCachesKey } from '../../http/response-cache.js'
import { sender } from '../../http/sender.js'
import { templateSlice } from '../../template-slice.js'
import { mergedOptions } from './merged-options.js'
import { bodyTemplates, requestBodySchema } from './request-bodies.js'
import { requestUrl } from './request-url.js'
import { requesterOptions } from './requester-options.js'
import { textRecord } from './text-record.js'

const optionTemplate = () => z.union([z.string(), textRecord()]).nullish()

const schema = z
  .looseObject({
    type: z.literal('HttpRequester'),
    url: z.string().nullish(),
    url_base: z.string().nullish(),
    path: z.string().nullish(),
    http_method: z.enum(['GET', 'POST']).nullish(),
    authenticator: part('authenticator').nullish(),
    request_parameters: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
    request_headers: optionTemplate(),
    request_body_data: optionTemplate(),
    request_body_json: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
    request_body: requestBodySchema.nullish(),
    error_handler: part('error_handler').nullish(),
    use_cache: z.boolean().nullish(),
    connect_timeout_in_seconds: z.number().positive().nullish(),
    read_timeout_in_seconds: z.number().positive().nullish(),
    /** The sockets do so always: proxies and firewalls forget connections on which nothing is said. */
    use_tcp_keepalive: z.boolean().nullish(),
  })
  .refine((one) => !(isGiven(one.request_body_data) && isGiven(one.request_body_json)), {
    message: 'has `request_body_data` and `request_body_json`; a request has one body',
  })

/** The part of it that says what is sent. */
export type HttpRequesterDefinition = z.output<typeof schema>

export const httpRequester = defineComponent({
  type: 'HttpRequester',
  kind: 'requester',
  schema,
  build: (definition, scope, given) => {
    const { interpolation, services, shared } = scope
    const url = requestUrl(
      {
        url: definition.url ?? undefined,
        urlBase: definition.url_base ?? undefined,
        path: definition.path ?? undefined,
      },
      interpolation,
    )
    const options = requesterOptions(
      {
        params: parameterTemplates(definition.request_parameters),
        headers: definition.request_headers ?? undefined,
        body: definition.request_body
          ? bodyTemplates(definition.request_body)
          : { data: definition.request_body_data ?? undefined, json: definition.request_body_json ?? undefined },
        queryPropertiesKey: given.queryPropertiesKey,
      },
      interpolation,
    )
    const authenticator = scope.build('authenticator', definition.authenticator ?? { type: 'NoAuth' }, {
      name: given.name,
      urlBase: definition.url ?? definition.url_base ?? undefined,
    })
    const isCached = (definition.use_cache ?? false) || (given.useCache ?? false)
    const send = sender({
      name: given.name,
      services,
      errorHandler: scope.build('error_handler', definition.error_handler ?? { type: 'DefaultErrorHandler' }),
      authenticator,
      budget: shared.once(apiBudgetKey, () => noBudget),
      cache:
        isCached && !given.decoder.isStreamed
          ? shared.once(responseCachesKey, () => new ResponseCaches()).for(given.name)
          : undefined,
      isStreamed: given.decoder.isStreamed,
      isAuxiliary: given.isAuxiliary ?? false,
      readFor: given.readFor,
      connectTimeoutMs: milliseconds(definition.connect_timeout_in_seconds),
      readTimeoutMs: milliseconds(definition.read_timeout_in_seconds),
    })
    const asked = async (parts: RequestParts, slice: RequesterCall['slice']) => send(preparedRequest(parts), slice)

    return {
      urlBase: (place) => url.base(templateValues(place)),
      send: async (call) => {
        const values = templateValues(call)
        const extra = call.options ?? {}
        const auth = await authenticator.requestOptions()
        const address = url.url(values, call.path)
        const params = parameters([options.params(values, call), auth.params, extra.params])
        const parts = {
          method: definition.http_method ?? 'GET',
          url: address,
          params: withoutRepeated(address, params),
          headers: named('headers', [options.headers(values), auth.headers, extra.headers]),
          bodyJson: named('JSON body', [options.bodyJson(values), auth.bodyJson, extra.bodyJson], true),
          bodyData: mergedOptions('body', [options.bodyData(values), auth.bodyData, extra.bodyData], false),
        }
        const response = await asked(parts, call.slice).catch((error: unknown) => {
          throw url.explained(error, values)
        })
        // The response to a request that failed is none, also where the manifest passes over it.
        return response && (response.status < 400 || response.status >= 600) ? response : undefined
      },
    }
  },
})

const isGiven = (body: unknown): boolean =>
  typeof body === 'string' ? body !== '' : body != null && Object.keys(body).length > 0

const milliseconds = (seconds: number | null | undefined) => (seconds == null ? undefined : seconds * 1000)

/** `QueryProperties` is of the retriever, which says by which name it stands here. */
function parameterTemplates(given: string | Mapping | null | undefined): string | Mapping | undefined {
  if (given == null || typeof given === 'string') return given ?? undefined
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      if ((value as Mapping | null)?.type === 'QueryProperties') return []
      return [[name, typeof value === 'string' ? value : str(value)]]
    }),
  )
}

function templateValues(place: RequestPlace & Pick<RequesterCall, 'values'>): TemplateValues {
  return {
    ...templateSlice(place.slice),
    next_page_token: place.nextPageToken ?? null,
    ...place.slice?.extraFields,
    ...place.values,
  }
}

function parameters(parts: readonly (Mapping | string | undefined)[]): Mapping {
  const merged = named('query', parts)
  for (const [name, value] of Object.entries(merged))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      throw failure('MANIFEST_INVALID', {
        message: `The parameter \`${name}\` of a request is an object, which no address can hold.`,
        hint: 'Write it as a text: `{{ … | tojson }}`, for example.',
        failureType: 'system_error',
      })
  return merged
}

/** Options that must have names. */
function named(what: string, parts: readonly (Mapping | string | undefined)[], areSameAllowed = false): Mapping {
  const merged = mergedOptions(what, parts, areSameAllowed)
  if (typeof merged !== 'string') return merged
  throw failure('MANIFEST_INVALID', {
    message: `The ${what} of a request is the text \`${merged}\`, where names with values are expected.`,
    hint: 'Write a mapping, or a template that says one.',
    failureType: 'system_error',
  })
}
