import { str } from '../../../../jinja/index.js'
import type { BuildScope } from '../../component.js'
import type { Authenticator, Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'
import type { OAuthDefinition } from './oauth-definition.js'
import type { RefreshRequest } from './oauth-refresh.js'
import { configPaths } from './refresh-token-updater.js'
import { configText } from './token-store.js'

/** What is sent for a token. Names that are the standard's own go before those of `refresh_request_body`. */
export function refreshRequest(definition: OAuthDefinition, scope: BuildScope, assertion: Authenticator | undefined) {
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
function clientCredentials(definition: OAuthDefinition, { interpolation, config }: BuildScope): () => Mapping {
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

/** What another authenticator would put into a request, with its prefix. */
async function tokenOf(assertion: Authenticator): Promise<unknown> {
  const { headers, params, bodyData, bodyJson } = await assertion.requestOptions()
  return [headers, params, bodyData as Mapping | undefined, bodyJson].flatMap((one) => Object.values(one ?? {}))[0]
}
