import { z } from 'zod'
import { truthy } from '../../../../jinja/index.js'
import { defineComponent, part } from '../../component.js'
import type { RecordData, SourceServices } from '../../component-contract.js'
import { compileGet, compileValues, isList } from '../../dpath/index.js'
import { pageOf } from '../../packed/packed-page.js'
import { missingKey } from './missing-key.js'

/** Finds the records of each body at a path: the items of a list, or the one thing that is there, unless it is empty. */
export const dpathExtractor = defineComponent({
  type: 'DpathExtractor',
  kind: 'record_extractor',
  schema: z.looseObject({
    field_path: z.array(z.union([z.string(), z.int()])),
    record_expander: part('record_expander').optional(),
  }),
  build(definition, scope, { decoder, stream }) {
    const path = definition.field_path.map((segment) => scope.interpolation.value(segment)())
    const find = finder(path)
    const expander = definition.record_expander && scope.build('record_expander', definition.record_expander)
    const keys = path.every(isPlainKey) ? path : undefined
    // A path that leads nowhere is an empty stream, and as a rule a mistake. Some APIs leave a list out that is empty.
    const tell = keys && stream !== undefined ? missingKeyTeller(keys, stream, scope.services) : undefined
    return {
      listPath: expander ? undefined : keys,
      async *extract(response) {
        for await (const bodies of decoder.decode(response)) {
          const records = recordsOf(bodies, find)
          if (records.length === 0) {
            await tell?.(bodies)
            continue
          }
          if (expander) yield* expander.expand(records)
          else yield records
        }
      },
    }
  },
})

/** Once for all pages of a stream. */
function missingKeyTeller(
  keys: readonly string[],
  stream: string,
  { say }: SourceServices,
): (bodies: readonly unknown[]) => Promise<void> {
  let isTold = false
  return async (bodies) => {
    const message = isTold ? undefined : missingKey(keys, bodies[0])
    if (message === undefined) return
    isTold = true
    await say({ type: 'log', level: 'warn', message, ifEmpty: stream })
  }
}

function finder(path: readonly unknown[]): ((body: unknown) => unknown) | undefined {
  if (path.length === 0) return undefined
  return path.includes('*') ? compileValues(path) : compileGet(path)
}

/** Lists are handed on as they are where that can be: a page is one list, as a rule. */
function recordsOf(bodies: readonly unknown[], find: ((body: unknown) => unknown) | undefined): readonly RecordData[] {
  if (bodies.length === 1) {
    const found = find ? find(bodies[0]) : bodies[0]
    if (isList(found)) return found as RecordData[]
  } else if (!find && bodies.every(isRecord)) return bodies
  const records: unknown[] = []
  for (const body of bodies) {
    const found = find ? find(body) : body
    if (isList(found)) for (const item of found) records.push(item)
    else if (isRecord(found) || truthy(found)) records.push(found)
  }
  return records as RecordData[]
}

/** Not empty, and no list of records. One that is packed has fields that nobody sees. */
function isRecord(body: unknown): body is RecordData {
  if (typeof body !== 'object' || body === null || isList(body)) return false
  if (pageOf(body as RecordData)) return true
  for (const key in body) return key !== undefined
  return false
}

/** No pattern, and no number, which is the place in a list to a list. */
const isPlainKey = (segment: unknown): segment is string =>
  typeof segment === 'string' && !/[*?[\]]|^-?\d+$/.test(segment)
