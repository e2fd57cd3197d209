import type { SettingSchema as Schema } from '../../server/index.js'
import { out } from './colors.js'
import { wrap } from './table.js'

const readableWidth = 100

/** The settings that a JSON Schema describes, as an indented list for people. */
export function schemaText(schema: object, width = readableWidth): string {
  return settings(schema as Schema, '', Math.min(width, readableWidth)).join('\n')
}

function settings(schema: Schema, indent: string, width: number): string[] {
  if (schema.items) return settings(schema.items, indent, width)
  return Object.entries(schema.properties ?? {}).flatMap(([name, one]) => {
    const isRequired = schema.required?.includes(name) ?? false
    const { examples, description } = one
    const facts = [
      ...[typeName(one)].filter((name) => name !== ''),
      ...(isRequired ? ['required'] : []),
      ...(one.airbyte_secret === true ? ['secret'] : []),
      ...(one.default === undefined ? [] : [`default ${JSON.stringify(one.default)}`]),
    ]
    const inner = `${indent}    `
    return [
      `${indent}${out.cyan(name)}  ${out.dim(facts.join(', '))}`,
      ...(description === undefined
        ? []
        : wrap(plainDescription(description), width - inner.length).map((line) => inner + line)),
      ...(examples?.[0] === undefined ? [] : [`${inner}${out.dim(`for example ${JSON.stringify(examples[0])}`)}`]),
      ...settings(one, inner, width),
      ...(one.oneOf ?? [])
        .filter((branch) => branch.properties)
        .flatMap((branch, i) => [
          `${inner}${out.dim(i === 0 ? 'either' : 'or')} ${branch.title ?? ''}`.trimEnd(),
          ...settings(branch, `${inner}    `, width),
        ]),
    ]
  })
}

/** Descriptions of Airbyte's connectors may hold HTML. */
export const plainDescription = (text: string): string =>
  text.replace(/<\/?(?:a|b|i|p|br|ul|ol|li|em|strong|code|pre)\b[^>]*>/gi, '')

function typeName(schema: Schema): string {
  if (schema.enum) return schema.enum.map(String).join(' | ')
  if (schema.const !== undefined) return String(schema.const)
  const variants = (schema.oneOf ?? []).map(typeName).filter((name) => name !== '')
  if (variants.length > 0) return [...new Set(variants)].join(' or ')
  const type = [schema.type].flat().join(' or ')
  return type === 'array' ? `list of ${schema.items ? typeName(schema.items) : 'values'}` : type
}
