import { str } from '../../../../jinja/index.js'
import { type BuildScope, defineComponent } from '../../component.js'
import { failure } from '../../failure.js'
import { isTrue } from '../../interpolation/index.js'
import { type OAuthDefinition, oauthSchema, refusalOf } from './oauth-definition.js'
import { oauthFlow, refreshLock, refreshLockKey } from './oauth-flow.js'
import { refreshRequest } from './oauth-refresh-request.js'
import { readTime } from './read-time.js'
import { configPaths } from './refresh-token-updater.js'
import { tokenInConfig, tokenInMemory } from './token-store.js'

export const oauthAuthenticator = defineComponent({
  type: 'OAuthAuthenticator',
  kind: 'authenticator',
  schema: oauthSchema,
  build: (definition, scope, { name, urlBase }) => {
    const { interpolation, services, shared, config } = scope
    const text = (template: string | null | undefined, usual = '') => {
      const value = interpolation.value(template ?? usual)
      return () => str(value() ?? '')
    }
    const updater = definition.refresh_token_updater
    const usesAssertion = isAssertionUsed(definition, scope)
    assertComplete(definition, usesAssertion)
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
        refreshToken: updater ? (updater.refresh_token_name ?? 'refresh_token') : undefined,
      },
      isTimeOfExpiration: Boolean(definition.token_expiry_date_format),
    })
  },
})

function isAssertionUsed({ use_profile_assertion: given }: OAuthDefinition, { interpolation }: BuildScope): boolean {
  return typeof given === 'string' ? isTrue(interpolation.value(given)()) : Boolean(given)
}

function assertComplete(definition: OAuthDefinition, usesAssertion: boolean): void {
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
function givenToken(definition: OAuthDefinition, { interpolation, services }: BuildScope) {
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
