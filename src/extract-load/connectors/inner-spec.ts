import type { JsonSchema } from '../contract.js'

/** The settings of a connector that takes those of another one below `config`, once it is known which one that is. */
export function withInnerSpec(spec: JsonSchema, inner: JsonSchema): JsonSchema {
  const properties = spec.properties as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  const { title, order } = properties.config ?? {}
  const required = Array.isArray(spec.required) ? spec.required : []
  const isNeeded = Array.isArray(inner.required) && inner.required.length > 0
  return {
    ...spec,
    ...(isNeeded ? { required: [...new Set([...required, 'config'])] } : {}),
    properties: { ...properties, config: { ...inner, title, order } },
  }
}
