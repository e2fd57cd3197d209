import { createRequire } from 'node:module'
import type { ErrorObject } from 'ajv'
import { compilePattern } from '../../../python/index.js'
import type { JsonSchema } from '../../contract.js'
import { failure } from '../failure.js'

/** What is wrong with a value, in words; undefined where nothing is. */
export type JsonSchemaCheck = (value: unknown) => string | undefined

type Library = typeof import('ajv')
let loaded: InstanceType<Library['Ajv']> | undefined

/** Loaded when something is checked with it: what only lists connectors does not pay for it. */
function library(): InstanceType<Library['Ajv']> {
  const { Ajv } = createRequire(import.meta.url)('ajv') as Library
  // Patterns are Python's, and formats are hints, as they are to the CDK.
  const regExp = Object.assign((pattern: string) => compilePattern(pattern), { code: 'new RegExp' })
  loaded ??= new Ajv({
    strict: false,
    allErrors: true,
    validateFormats: false,
    validateSchema: false,
    logger: false,
    code: { regExp },
  })
  return loaded
}

const known = new WeakMap<object, JsonSchemaCheck>()

/** @throws MANIFEST_INVALID for what is no JSON Schema */
export function jsonSchemaCheck(schema: JsonSchema): JsonSchemaCheck {
  const ready = known.get(schema)
  if (ready) return ready
  const validate = compiled(schema)
  const check: JsonSchemaCheck = (value) =>
    validate(plain(value)) === true
      ? undefined
      : [...new Set((validate.errors ?? []).filter(isTelling).map(explained))].join('; ')
  known.set(schema, check)
  return check
}

function compiled(schema: JsonSchema) {
  // Which draft it was written for makes no difference here, and nothing of it may wait.
  const { $schema, $id, id, $async, ...rules } = schema as Record<string, unknown>
  const ajv = library()
  try {
    return ajv.compile(rules)
  } catch (error) {
    throw failure('MANIFEST_INVALID', {
      message: `A JSON Schema of the manifest is none: ${error instanceof Error ? error.message : String(error)}.`,
      failureType: 'system_error',
      cause: error,
    })
  } finally {
    // It would be kept for as long as the program runs.
    ajv.removeSchema(rules)
  }
}

/** Numbers are those of JavaScript again, as near as it has them. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? Number(one) : one)) ?? 'null')

/** That no branch fits says less than why each does not. */
const isTelling = ({ keyword }: ErrorObject, _: number, all: ErrorObject[]) =>
  all.length === 1 || !['oneOf', 'anyOf', 'if'].includes(keyword)

function explained({ instancePath, keyword, params, message }: ErrorObject): string {
  const place = instancePath.slice(1).replaceAll('/', '.')
  if (keyword === 'required') return `\`${place === '' ? '' : `${place}.`}${params.missingProperty}\` is missing`
  if (keyword === 'additionalProperties')
    return `\`${place === '' ? '' : `${place}.`}${params.additionalProperty}\` is no setting`
  const choices = keyword === 'enum' ? `: ${(params.allowedValues as unknown[]).map(String).join(', ')}` : ''
  const wanted = keyword === 'const' ? ` ${JSON.stringify(params.allowedValue)}` : choices
  return `\`${place || 'the value'}\` ${message ?? keyword}${wanted}`
}
