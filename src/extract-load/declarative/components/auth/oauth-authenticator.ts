import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import { type BuildScope, defineComponent, part } from '../../component.js'
import type { Authenticator, Mapping } from '../../contract.js'
import { failure } from '../../failure.js'
import { isTrue } from '../../interpolation/index.js'
import { oauthFlow, refreshLock, refreshLockKey } from './oauth-flow.js'
import type { RefreshRefusal, RefreshRequest } from './oauth-refresh.js'
import { readTime } from './read-time.js'
import { configPaths, refreshTokenUpdaterSchema } from './refresh-token-updater.js'
import { configText, tokenInConfig, tokenInMemory } from './token-store.js'

const schema = z
  .looseObject({
    type: z.literal('OAuthAuthenticator'),
    client_id_name: z.string().nullish(),
    client_id: z.string().nullish(),
    client_secret_name: z.string().nullish(),
    client_secret: z.string().nullish(),
    refresh_token_name: z.string().nullish(),
    refresh_token: z.string().nullish(),
    token_refresh_endpoint: z.string().nullish(),
    access_token_name: z.string().nullish(),
    access_token_value: z.string().nullish(),
    expires_in_name: z.string().nullish(),
    grant_type_name: z.string().nullish(),
    grant_type: z.string().nullish(),
    refresh_request_body: z.record(z.string(), z.unknown()).nullish(),
    refresh_request_headers: z.record(z.string(), z.unknown()).nullish(),
    send_refresh_request_as_query_params: z.boolean().nullish(),
    scopes: z.array(z.string()).nullish(),
    token_expiry_date: z.union([z.string(), z.number()]).nullish(),
    token_expiry_date_format: z.string().nullish(),
    refresh_token_error_status_codes: z.array(z.int()).nullish(),
    refresh_token_error_key: z.string().nullish(),
    refresh_token_error_values: z.array(z.string()).nullish(),
    refresh_token_updater: refreshTokenUpdaterSchema.nullish(),
    profile_assertion: part('authenticator').nullish(),
    use_profile_assertion: z.union([z.boolean(), z.string()]).nullish(),
  })
  .refine((one) => !(hasRefusal(one) && one.refresh_token_updater && hasRefusal(one.refresh_token_updater)), {
    message: 'has `refresh_token_error_…` twice: in itself and in its `refresh_token_updater`',
  })

type Definition = z.output<typeof schema>

export const oauthAuthenticator = defineComponent({
  type: 'OAuthAuthenticator',
  kind: 'authenticator',
  schema,
  build: (definition, scope, { name, urlBase }) => {
    const { interpolation, services, shared, config } = scope
    const text = (template: string | null | undefined, usual = '') => {
      const value = interpolation.value(template ?? usual)
      return () => str(value() ?? '')
    }
    const updater = definition.refresh_token_updater
    const usesAssertion = isAssertionUsed(definition, scope)
    assertComplete(definition, usesAssertion)
    const refreshName = updater ? (updater.refresh_token_name ?? 'refresh_token') : definition.refresh_token_name
    const assertion =
      usesAssertion && definition.profile_assertion
        ? scope.build('authenticator', definition.profile_assertion, { name, urlBase })
        : undefined
    return oauthFlow({
      stream: name,
      services,
      lock: shared.once(refreshLockKey, refreshLock),
      store: updater ? tokenInConfig(config, configPaths(updater), services) : givenToken(definition, scope),
      request: definition.token_refresh_endpoint == null ? undefined : refreshRequest(definition, scope, assertion),
      refusal: refusalOf(definition),
      names: {
        accessToken: text(definition.access_token_name, 'access_token')(),
        expiresIn: text(definition.expires_in_name, 'expires_in')(),
        refreshToken: text(refreshName, 'refresh_token')(),
      },
      isTimeOfExpiration: Boolean(definition.token_expiry_date_format),
    })
  },
})

function isAssertionUsed({ use_profile_assertion: given }: Definition, { interpolation }: BuildScope): boolean {
  return typeof given === 'string' ? isTrue(interpolation.value(given)()) : Boolean(given)
}

function assertComplete(definition: Definition, usesAssertion: boolean): void {
  const missing =
    usesAssertion && !definition.profile_assertion
      ? '`profile_assertion`, which `use_profile_assertion` asks for'
      : !usesAssertion &&
          !definition.refresh_token_updater &&
          (definition.client_id == null || definition.client_secret == null)
        ? '`client_id` or `client_secret`'
        : !usesAssertion &&
            !definition.refresh_token_updater &&
            (definition.grant_type ?? 'refresh_token') === 'refresh_token' &&
            definition.refresh_token == null
          ? '`refresh_token`, which its `grant_type` asks for'
          : undefined
  if (missing)
    throw failure('MANIFEST_INVALID', {
      message: `An OAuthAuthenticator lacks ${missing}.`,
      hint: 'Add it to the manifest.',
      failureType: 'system_error',
    })
}

/** The token that the settings have, if they have one. */
function givenToken(definition: Definition, { interpolation, services }: BuildScope) {
  const value = definition.access_token_value ? interpolation.value(definition.access_token_value)() : undefined
  const date = definition.token_expiry_date ? interpolation.value(definition.token_expiry_date)() : undefined
  const expires = date === undefined ? services.clock.now().getTime() - 86_400_000 : readTime(date)?.ms
  if (expires === undefined)
    throw failure('MANIFEST_CONFIG_INVALID', {
      message: `\`token_expiry_date\` of an OAuthAuthenticator says \`${str(date)}\`, which is no time.`,
      hint: 'It is a time of ISO 8601, or the seconds since 1970.',
      failureType: 'system_error',
    })
  return tokenInMemory(value === undefined || value === null ? undefined : str(value), expires)
}

/** What is sent for a token. Names that are the standard's own go before those of `refresh_request_body`. */
function refreshRequest(definition: Definition, scope: BuildScope, assertion: Authenticator | undefined) {
  const { interpolation, config } = scope
  const value = (template: string | null | undefined, usual?: string) => interpolation.value(template ?? usual ?? '')
  const url = value(definition.token_refresh_endpoint)
  const body = interpolation.mapping(definition.refresh_request_body ?? {})
  const headers = interpolation.mapping(definition.refresh_request_headers ?? {})
  const grantTypeName = value(definition.grant_type_name, 'grant_type')
  const grantType = value(
    assertion ? 'urn:ietf:params:oauth:grant-type:jwt-bearer' : definition.grant_type,
    'refresh_token',
  )
  const credentials = clientCredentials(definition, scope)
  const updater = definition.refresh_token_updater
  const refreshToken = updater
    ? () => configText(config, configPaths(updater).refreshToken)
    : definition.refresh_token == null
      ? () => null
      : value(definition.refresh_token)
  const refreshName = updater ? (updater.refresh_token_name ?? 'refresh_token') : definition.refresh_token_name
  const refreshTokenName = value(refreshName, 'refresh_token')

  return async (): Promise<RefreshRequest> => {
    const address = str(url() ?? '')
    if (address === '')
      throw failure('MANIFEST_CONFIG_INVALID', {
        message: '`token_refresh_endpoint` of an OAuthAuthenticator says nothing with these settings.',
        hint: 'Look at the setting that it is made of.',
        failureType: 'system_error',
      })
    const sentHeaders = headers()
    if (assertion)
      return {
        url: address,
        headers: sentHeaders,
        params: {},
        body: { [str(grantTypeName())]: grantType(), assertion: await tokenOf(assertion) },
      }
    const standard = {
      [str(grantTypeName())]: grantType(),
      // Servers that want them in a header refuse them in both places.
      ...(Object.hasOwn(sentHeaders, 'Authorization') ? {} : credentials()),
      [str(refreshTokenName())]: refreshToken(),
      ...(definition.scopes?.length ? { scopes: definition.scopes } : {}),
    }
    const sent = { ...standard, ...body(), ...standard }
    const inQuery = definition.send_refresh_request_as_query_params === true
    return { url: address, headers: sentHeaders, params: inQuery ? sent : {}, body: inQuery ? {} : sent }
  }
}

/** With a `refresh_token_updater`, those at `credentials` of the config go before what the manifest says. */
function clientCredentials(definition: Definition, { interpolation, config }: BuildScope): () => Mapping {
  const value = (template: string | null | undefined) => interpolation.value(template ?? '')
  const [idName, secretName] = [
    value(definition.client_id_name ?? 'client_id'),
    value(definition.client_secret_name ?? 'client_secret'),
  ]
  const [id, secret] = [value(definition.client_id), value(definition.client_secret)]
  const found = (key: string, other: () => unknown) =>
    (definition.refresh_token_updater && configText(config, ['credentials', key])) || other()
  return () => {
    const clientId = found('client_id', id)
    if (!clientId && !definition.refresh_token_updater)
      throw failure('MANIFEST_CONFIG_INVALID', {
        message: '`client_id` of an OAuthAuthenticator says nothing with these settings.',
        hint: 'Give the client ID in the settings.',
        failureType: 'system_error',
      })
    return { [str(idName())]: clientId, [str(secretName())]: found('client_secret', secret) }
  }
}

/** What another authenticator would put into a header, without its prefix being known. */
async function tokenOf(assertion: Authenticator): Promise<unknown> {
  const { headers, params, bodyData, bodyJson } = await assertion.requestOptions()
  return [headers, params, bodyData as Mapping | undefined, bodyJson].flatMap((one) => Object.values(one ?? {}))[0]
}

function refusalOf(definition: Definition): RefreshRefusal {
  const updater = definition.refresh_token_updater
  const from = updater && hasRefusal(updater) ? updater : hasRefusal(definition) ? definition : undefined
  if (!from) return { statuses: [400], key: 'error', values: ['invalid_grant', 'invalid_permissions'] }
  return {
    statuses: from.refresh_token_error_status_codes ?? [],
    key: from.refresh_token_error_key ?? '',
    values: from.refresh_token_error_values ?? [],
  }
}

function hasRefusal(one: {
  readonly refresh_token_error_status_codes?: readonly number[] | null | undefined
  readonly refresh_token_error_key?: string | null | undefined
  readonly refresh_token_error_values?: readonly string[] | null | undefined
}): boolean {
  return Boolean(
    one.refresh_token_error_status_codes?.length ||
      one.refresh_token_error_key ||
      one.refresh_token_error_values?.length,
  )
}
