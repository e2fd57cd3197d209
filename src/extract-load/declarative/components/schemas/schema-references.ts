import { isList, isPlainMapping } from '../../dpath/index.js'
import { failure } from '../../failure.js'

/** Puts in the place of each `$ref` what it refers to, in the same file or in another one, so that nothing refers to anything any more. */
export async function resolvedReferences(
  schema: Record<string, unknown>,
  load: (file: string) => Promise<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const files = new Map<string, Promise<Record<string, unknown>>>()

  const resolved = async (node: unknown, root: Record<string, unknown>, open: readonly string[]): Promise<unknown> => {
    if (isList(node)) return Promise.all(node.map((item) => resolved(item, root, open)))
    if (!isPlainMapping(node)) return node
    const { $ref } = node
    if (typeof $ref !== 'string') {
      const entries = Object.entries(node).map(
        async ([key, value]) => [key, await resolved(value, root, open)] as const,
      )
      return Object.fromEntries(await Promise.all(entries))
    }
    if (open.includes($ref)) throw endless($ref)
    const [file = '', pointer = ''] = $ref.split('#')
    if (file !== '' && !files.has(file)) files.set(file, load(file))
    const target = file === '' ? root : ((await files.get(file)) as Record<string, unknown>)
    const found = await resolved(at(target, pointer, $ref), target, [...open, $ref])
    if (isPlainMapping(found)) delete found.definitions
    return found
  }
  return (await resolved(schema, schema, [])) as Record<string, unknown>
}

function at(root: Record<string, unknown>, pointer: string, reference: string): unknown {
  let node: unknown = root
  for (const segment of pointer.split('/').slice(1)) {
    const key = decodeURIComponent(segment).replaceAll('~1', '/').replaceAll('~0', '~')
    if (!(isPlainMapping(node) || isList(node)) || !Object.hasOwn(node, key)) throw lost(reference)
    node = (node as Record<string, unknown>)[key]
  }
  return node
}

const lost = (reference: string) =>
  failure('MANIFEST_INVALID', {
    message: `A schema file refers to ${JSON.stringify(reference)}, which is not there.`,
    hint: 'Definitions of other files lie in the folder `schemas/shared` beside the manifest.',
    failureType: 'system_error',
  })

const endless = (reference: string) =>
  failure('MANIFEST_INVALID', {
    message: `A schema file refers in a circle, by ${JSON.stringify(reference)}.`,
    hint: 'Write the inner part without its properties: `type: object`.',
    failureType: 'system_error',
  })
