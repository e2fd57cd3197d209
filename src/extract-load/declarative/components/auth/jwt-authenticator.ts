import { z } from 'zod'
import { registerPassingSecret, registerSecret } from '../../../../base/index.js'
import { defineFunction, fromJson, str } from '../../../../jinja/index.js'
import { type BuildScope, defineComponent } from '../../component.js'
import type { Mapping } from '../../component-contract.js'
import { failure } from '../../failure.js'
import { isTrue } from '../../interpolation/index.js'
import { compileRequestOption, requestOptionSchema } from '../requests/request-option.js'
import { compactJson } from './compact-json.js'
import { jwtAlgorithms, signedToken } from './json-web-token.js'
import { headersWith, optionsWith } from './token-options.js'

const schema = z.looseObject({
  type: z.literal('JwtAuthenticator'),
  secret_key: z.string(),
  base64_encode_secret_key: z.union([z.boolean(), z.string()]).nullish(),
  algorithm: z.enum(jwtAlgorithms),
  token_duration: z.int().nullish(),
  header_prefix: z.string().nullish(),
  jwt_headers: z
    .looseObject({ kid: z.string().nullish(), typ: z.string().nullish(), cty: z.string().nullish() })
    .nullish(),
  additional_jwt_headers: z.record(z.string(), z.unknown()).nullish(),
  jwt_payload: z
    .looseObject({ iss: z.string().nullish(), sub: z.string().nullish(), aud: z.string().nullish() })
    .nullish(),
  additional_jwt_payload: z.record(z.string(), z.unknown()).nullish(),
  passphrase: z.string().nullish(),
  request_option: requestOptionSchema.nullish(),
})

type Definition = z.output<typeof schema>

/** What these templates may call besides everything else. */
const values = { json_loads: defineFunction('json_loads', ['s'], (text: string) => fromJson(text)) }

export const jwtAuthenticator = defineComponent({
  type: 'JwtAuthenticator',
  kind: 'authenticator',
  schema,
  build: (definition, scope) => {
    const { interpolation, services } = scope
    const place = compileRequestOption(
      definition.request_option ?? { inject_into: 'header', field_name: 'Authorization' },
      interpolation,
    )
    const key = signingKey(definition, scope)
    const header = tokenHeader(definition, scope)
    const payload = tokenPayload(definition, scope)
    const prefix = definition.header_prefix ? interpolation.value(definition.header_prefix) : () => undefined
    let last: { readonly content: string; readonly signed: string } | undefined
    // All requests of one second say the same.
    const signedNow = (): string => {
      const now = Math.floor(services.clock.now().getTime() / 1000)
      const parts = [header(), payload(now)] as const
      const content = parts.join('.')
      if (last?.content === content) return last.signed
      const signed = signedOrFailed(() => signedToken(...parts, definition.algorithm, key()))
      registerPassingSecret(signed)
      last = { content, signed }
      return signed
    }
    const token = (): string => {
      const signed = signedNow()
      const before = prefix(values)
      return before ? `${str(before)} ${signed}` : signed
    }
    return {
      requestOptions: async () => optionsWith(place, token()),
      signature: async () => (place.injectInto === 'header' ? headersWith(place, token()) : {}),
    }
  },
})

function signingKey(definition: Definition, { interpolation }: BuildScope) {
  const secret = interpolation.value(definition.secret_key)
  const passphrase = definition.passphrase ? interpolation.value(definition.passphrase) : () => undefined
  const encodes = definition.base64_encode_secret_key
  const isEncoded = typeof encodes === 'string' ? isTrue(interpolation.value(encodes)()) : Boolean(encodes)
  return () => {
    const [text, phrase] = [asText(secret(values), 'secret_key'), asText(passphrase(values) ?? '', 'passphrase')]
    for (const one of [text, phrase]) if (one) registerSecret(one)
    if (phrase) return { text, passphrase: phrase }
    return { text: isEncoded ? Buffer.from(text).toString('base64') : text }
  }
}

/** The CDK signs with no secret that a template makes a number or an object of: its text would be another one. */
function asText(made: unknown, field: string): string {
  if (typeof made === 'string') return made
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`${field}\` of a JwtAuthenticator comes out as a number, a list or an object, which is no text.`,
    hint: 'A template makes of a text like `123` or `{…}` the number or the object that it spells. Use a secret that spells none.',
    failureType: 'system_error',
  })
}

function tokenHeader(definition: Definition, scope: BuildScope): () => string {
  const own = named(definition.additional_jwt_headers, ['kid', 'alg', 'typ', 'cty'], 'additional_jwt_headers', scope)
  const given = definition.jwt_headers
  const standard = evaluated(
    { kid: given?.kid, typ: given?.typ === undefined ? 'JWT' : given.typ, cty: given?.cty },
    scope,
  )
  return () => {
    const header = { typ: 'JWT', ...own(), ...textIn(standard(), 'kid', 'jwt_headers'), alg: definition.algorithm }
    const entries = Object.entries(header).filter(([name, value]) => name !== 'typ' || Boolean(value))
    return compactJson(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))))
  }
}

function tokenPayload(definition: Definition, scope: BuildScope): (now: number) => string {
  const reserved = ['iss', 'sub', 'aud', 'iat', 'exp', 'nbf']
  const own = named(definition.additional_jwt_payload, reserved, 'additional_jwt_payload', scope)
  const standard = evaluated({ ...definition.jwt_payload }, scope, ['iss', 'sub', 'aud'])
  const duration = definition.token_duration ?? 1200
  return (now) =>
    compactJson({ ...own(), ...textIn(standard(), 'iss', 'jwt_payload'), iat: now, exp: now + duration, nbf: now })
}

/** Claims that the manifest adds; those that have a place of their own are refused. */
function named(given: Mapping | null | undefined, reserved: readonly string[], field: string, scope: BuildScope) {
  const mapping = scope.interpolation.mapping(given ?? {})
  return (): Mapping => {
    const made = mapping(values)
    const wrong = reserved.find((name) => Object.hasOwn(made, name))
    if (wrong === undefined) return made
    throw failure('MANIFEST_INVALID', {
      message: `\`${field}\` of a JwtAuthenticator has \`${wrong}\`, which has a place of its own.`,
      hint: 'Use `jwt_headers` and `jwt_payload` for it.',
      failureType: 'system_error',
    })
  }
}

/** RFC 7515, 4.1.4 and RFC 7519, 4.1.1; a template that says a number makes one of it. */
function textIn(made: Mapping, name: string, field: string): Mapping {
  if (made[name] === undefined || typeof made[name] === 'string') return made
  throw failure('MANIFEST_CONFIG_INVALID', {
    message: `\`${name}\` in \`${field}\` of a JwtAuthenticator comes out as ${JSON.stringify(made[name])}, which is no text.`,
    hint: 'Let the setting that it is made of be a text that is no number, list or object.',
    failureType: 'system_error',
  })
}

function evaluated(
  given: Readonly<Record<string, unknown>>,
  { interpolation }: BuildScope,
  names: readonly string[] = Object.keys(given),
): () => Mapping {
  const templates = names.flatMap((name) => (given[name] ? [[name, interpolation.value(given[name])] as const] : []))
  return () => Object.fromEntries(templates.map(([name, value]) => [name, value(values)]))
}

function signedOrFailed(sign: () => string): string {
  try {
    return sign()
  } catch (error) {
    throw failure('MANIFEST_CONFIG_INVALID', {
      message: `No token can be signed with the key in the settings: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'Is it the private key, complete and in the PEM format, of the kind that the algorithm wants? Is its passphrase right?',
      failureType: 'system_error',
      cause: error,
    })
  }
}
