import { z } from 'zod'
import { part } from '../../component.js'
import type { RefreshRefusal } from './oauth-refresh.js'
import { refreshTokenUpdaterSchema } from './refresh-token-updater.js'

/** What may be written of an OAuthAuthenticator. */
export const oauthSchema = z
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

export type OAuthDefinition = z.output<typeof oauthSchema>

/** What the updater says of refusals goes before what the authenticator says. */
export function refusalOf(definition: OAuthDefinition): RefreshRefusal {
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
