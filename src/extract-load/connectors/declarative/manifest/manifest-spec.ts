import { isMapping, readYaml } from '../../../../base/index.js'
import type { JsonSchema } from '../../../contract.js'

/** What a list of connectors says of a manifest. */
export interface ManifestSummary {
  readonly spec: JsonSchema
  readonly documentationUrl: string | undefined
  readonly description: string | undefined
  /** Of the CDK that it was written for. */
  readonly version: string | undefined
}

const anything: JsonSchema = { type: 'object', properties: {}, additionalProperties: true }

/**
 * Reads of a manifest only what its forms and lists need: a project may have hundreds, and some are half a megabyte. The lines of a key at the
 * margin are a document by themselves, unless they refer to others.
 * @param file how it is called in errors
 * @throws YAML_SYNTAX
 */
export function manifestSummary(text: string, file: string): ManifestSummary {
  const brief = sectionsOf(text, ['spec', 'version', 'description'])
  const needsAll = brief === undefined || /\$ref|(?:[:\-,[{] |<<: ?)[*&]\w/.test(brief)
  const { value } = readYaml(needsAll ? text : brief, file)
  const root = isMapping(value) ? value : {}
  const spec = resolved(root.spec, root)
  const connection = resolved(spec?.connection_specification, root)
  return {
    spec: connection ?? anything,
    documentationUrl: textOf(spec?.documentation_url),
    description: textOf(root.description),
    version: textOf(root.version),
  }
}

/** The lines of some keys at the margin, in place of the whole; undefined where it has none that are written so. */
function sectionsOf(text: string, names: readonly string[]): string | undefined {
  const heads = [...text.matchAll(/^([A-Za-z_$][\w$]*):(?=\s|$)/gm)]
  if (!heads.some(([, name]) => name === 'spec')) return undefined
  return heads
    .flatMap((head, i) => (names.includes(head[1] as string) ? [text.slice(head.index, heads[i + 1]?.index)] : []))
    .join('')
}

/** A mapping, or what its `$ref` leads to. */
function resolved(value: unknown, root: JsonSchema): JsonSchema | undefined {
  if (!isMapping(value)) return undefined
  if (typeof value.$ref !== 'string') return value
  const target = value.$ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, key) => (isMapping(at) ? at[key] : undefined), root)
  return isMapping(target) && target !== value && target.$ref === undefined ? target : undefined
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined)
