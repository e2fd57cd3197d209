import { z } from 'zod'
import { registerSecret } from '../../../../base/index.js'
import { str } from '../../../../jinja/index.js'
import { PyTimeDelta } from '../../../../python/index.js'
import { defineComponent } from '../../component.js'
import { parseIsoDuration } from '../../datetime/index.js'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'
import { quotaStatus, quotaStatusSourceSchema } from './quota-status-source.js'
import { rateLimitedTokens } from './rate-limited-tokens.js'
import { compileQuota, tokenQuotaSchema } from './token-quota.js'

export const rateLimitedMultipleTokenAuthenticator = defineComponent({
  type: 'RateLimitedMultipleTokenAuthenticator',
  kind: 'authenticator',
  schema: z.looseObject({
    type: z.literal('RateLimitedMultipleTokenAuthenticator'),
    tokens: z.union([z.string(), z.array(z.string())]),
    token_delimiter: z.string().nullish(),
    auth_method: z.string().nullish(),
    header: z.string().nullish(),
    quota_status_source: quotaStatusSourceSchema,
    quotas: z.array(tokenQuotaSchema).min(1),
    max_wait_time: z.string().nullish(),
    budget_reserve_fraction: z.number().nullish(),
    budget_min_reserve: z.int().nullish(),
  }),
  build: (definition, scope) => {
    const { interpolation, services, shared, parameters: _ownOfStream, ...rest } = scope
    // Its parameters are those of a stream; the counters are of all streams that say the same.
    const plain = interpolation.withParameters({})
    const tokens = tokensOf(definition.tokens, definition.token_delimiter || ',', plain)
    const { $parameters: _parameters, ...said } = definition as typeof definition & { $parameters?: unknown }
    return shared.once(`rate-limited tokens ${JSON.stringify([tokens, withoutParameters(said)])}`, () => {
      const quotas = definition.quotas.map((one) => compileQuota(one, plain))
      const unparametrized = { ...rest, services, shared, parameters: {}, interpolation: plain }
      return rateLimitedTokens({
        tokens,
        quotas,
        status: quotaStatus(definition.quota_status_source, quotas, unparametrized),
        authMethod: definition.auth_method || 'Bearer',
        header: definition.header || 'Authorization',
        maxWaitMs: fixedDurationMs(str(plain.value(definition.max_wait_time || 'PT2H')())),
        reserve: {
          fraction: definition.budget_reserve_fraction ?? 0.1,
          calls: definition.budget_min_reserve ?? 50,
        },
        services,
      })
    })
  },
})

function tokensOf(
  given: string | readonly string[],
  delimiter: string,
  interpolation: Interpolation,
): readonly string[] {
  const texts =
    typeof given === 'string'
      ? str(interpolation.value(given)()).split(delimiter)
      : given.map((one) => str(interpolation.value(one)()))
  const tokens = texts.map((one) => one.trim()).filter((one) => one !== '')
  for (const token of tokens) registerSecret(token)
  if (tokens.length > 0) return tokens
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: 'The settings have no token.',
    hint: 'Give at least one.',
    failureType: 'config_error',
  })
}

/** Parameters are put into every part of a definition, and are another stream's in the next one. */
function withoutParameters(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutParameters)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (key === '$parameters' ? [] : [[key, withoutParameters(one)]])),
  )
}

function fixedDurationMs(text: string): number {
  const duration = parseIsoDuration(text)
  if (duration instanceof PyTimeDelta) return duration.ms
  throw failure('MANIFEST_INVALID', {
    message: `\`max_wait_time\` is \`${text}\`; months and years are of no fixed length.`,
    hint: 'Write it in days, hours, minutes or seconds: `PT2H`.',
    failureType: 'system_error',
  })
}
