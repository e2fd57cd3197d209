import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { root } from '../support/markdown.js'

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
const golden = (path: string) => JSON.parse(readFileSync(join(root, 'test/golden', path), 'utf8')) as { $defs?: object }

/** What a schema has against a value; empty where it is valid. */
type Validate = (value: unknown) => string

function validator(schema: object): Validate {
  const validate = ajv.compile(schema)
  return (value) => (validate(value) ? '' : ajv.errorsText(validate.errors, { dataVar: '' }))
}

export const composeProblems = validator(golden('compose/compose.schema.json'))

const kubernetes = golden('kubernetes/chart.schema.json')
const groups: Readonly<Record<string, string>> = {
  v1: 'core.v1',
  'networking.k8s.io/v1': 'networking.v1',
  'rbac.authorization.k8s.io/v1': 'rbac.v1',
}
const byKind = new Map<string, Validate>([
  ['keda.sh/v1alpha1 ScaledObject', validator(golden('kubernetes/scaled-object.schema.json'))],
])

/** By what Kubernetes says of that kind of object, as `kubectl apply --validate=strict` would. */
export function manifestProblems(manifest: { readonly apiVersion: string; readonly kind: string }): string {
  const { apiVersion, kind } = manifest
  const name = `${apiVersion} ${kind}`
  const definition = `io.k8s.api.${groups[apiVersion] ?? apiVersion.replace('/', '.')}.${kind}`
  const validate =
    byKind.get(name) ?? validator({ $defs: kubernetes.$defs, $ref: `#/$defs/${definition.replaceAll('/', '~1')}` })
  byKind.set(name, validate)
  return validate(manifest)
}
