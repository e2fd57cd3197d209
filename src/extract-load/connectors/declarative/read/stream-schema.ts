import { yamlLibrary } from '../../../../base/index.js'
import { extractLoadErrors } from '../../../errors.js'

type Schema = Readonly<Record<string, unknown>>
type YamlMap = InstanceType<ReturnType<typeof yamlLibrary>['YAMLMap']>
type YamlText = ReturnType<ReturnType<typeof yamlLibrary>['parseDocument']>

/**
 * A manifest whose stream has a schema that is written in it; every other line stays as it is.
 * @throws STREAM_NOT_FOUND for one that is not written in the manifest
 */
export function withStreamSchema(text: string, stream: string, schema: Schema): string {
  const { parseDocument } = yamlLibrary()
  const document = parseDocument(text)
  const node = streamNode(document, stream)
  const [first] = node?.items ?? []
  const start = rangeOf(first?.key)?.[0]
  if (!node?.range || start === undefined)
    throw extractLoadErrors.create('STREAM_NOT_FOUND', {
      message: `The stream \`${stream}\` is not written in the manifest by itself.`,
      hint: 'Write its schema by hand, where the stream is made.',
    })
  const former = node.items.find(({ key }) => String(key) === 'schema_loader')
  const kept = withoutAliasesInto(former?.value, document, text)
  if (kept !== text) return withStreamSchema(kept, stream, schema)
  const loader = { type: 'InlineSchemaLoader', schema }
  if (node.flow) {
    node.set('schema_loader', document.createNode(loader))
    return document.toString({ lineWidth: 0 })
  }
  const indent = ' '.repeat(start - text.lastIndexOf('\n', start - 1) - 1)
  const block = blockOf({ schema_loader: loader }).join(`\n${indent}`)
  const from = rangeOf(former?.key)?.[0]
  if (from === undefined) {
    const end = start + text.slice(start, node.range[1]).trimEnd().length
    return `${text.slice(0, end)}\n${indent}${block}${text.slice(end)}`
  }
  const to = from + text.slice(from, rangeOf(former?.value)?.[1] ?? node.range[1]).trimEnd().length
  return `${text.slice(0, from)}${block}${text.slice(to)}`
}

/** What is taken out of a text may have anchors that the rest of it refers to: the first who does so has the value, and the anchor, from then on. */
function withoutAliasesInto(taken: unknown, document: YamlText, text: string): string {
  const { isAlias, isNode, visit } = yamlLibrary()
  if (!isNode(taken) || isAlias(taken)) return text
  const own = new Set<unknown>()
  visit(taken, { Node: (_, node) => void own.add(node) })
  const moved = new Map<unknown, readonly [number, number, string]>()
  visit(document, {
    Alias(_, alias) {
      const target = own.has(alias) ? undefined : alias.resolve(document)
      if (!alias.range || !own.has(target) || moved.has(target)) return
      const [from, to] = alias.range
      moved.set(target, [from, to, `&${alias.source} ${JSON.stringify(target?.toJS(document))}`])
    },
  })
  return [...moved.values()]
    .sort(([a], [b]) => b - a)
    .reduce((kept, [from, to, value]) => `${kept.slice(0, from)}${value}${kept.slice(to)}`, text)
}

const rangeOf = (node: unknown) =>
  (node as { readonly range?: readonly [number, number, number] | null } | null | undefined)?.range ?? undefined

/** What is small stands on one line. */
const shortest = 90

function blockOf(value: Schema): string[] {
  const { Document, visit } = yamlLibrary()
  const document = new Document(value)
  visit(document, {
    Collection(_, node) {
      if (node !== document.contents && JSON.stringify(node).length < shortest) node.flow = true
    },
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: false }).trimEnd().split('\n')
}

/** Where a stream is written: in the list, or where that refers to. */
function streamNode(document: YamlText, stream: string): YamlMap | undefined {
  const { isMap, isSeq } = yamlLibrary()
  const listed = (node: unknown): YamlMap[] =>
    isSeq(node)
      ? node.items.filter(isMap).flatMap((one) => {
          const inner = one.get('streams', true)
          return inner === undefined ? [one as YamlMap] : listed(inner)
        })
      : []
  const target = (node: YamlMap): YamlMap | undefined => {
    const reference = node.get('$ref')
    const [, path] = typeof reference === 'string' ? (/^#\/(.+)$/.exec(reference) ?? []) : []
    const found = path === undefined ? undefined : document.getIn(path.split('/'), true)
    return isMap(found) ? (found as YamlMap) : undefined
  }
  const nameOf = (node: YamlMap, depth = 0): unknown => {
    const next = target(node)
    const own = [node.get('name'), node.getIn(['$parameters', 'name'])].find(
      (name) => typeof name === 'string' && !name.includes('{{'),
    )
    return own ?? (next && depth < 9 ? nameOf(next, depth + 1) : undefined)
  }
  const found = listed(document.get('streams', true)).find((node) => nameOf(node) === stream)
  // A stream that is only referred to is changed where it is.
  let node = found
  for (let depth = 0; node?.items.length === 1 && depth < 9; depth++) node = target(node) ?? node
  return node
}
