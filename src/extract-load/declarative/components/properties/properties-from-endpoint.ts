import { z } from 'zod'
import { str } from '../../../../jinja/index.js'
import { defineComponent, part } from '../../component.js'
import { compileGet } from '../../dpath/index.js'
import { emptySlice } from '../../state/interval-cursor.js'
import { auxiliaryRetriever } from '../retrievers/auxiliary-retriever.js'

/** Asks the API which properties there are; once, for all slices. */
export const propertiesFromEndpoint = defineComponent({
  type: 'PropertiesFromEndpoint',
  kind: 'property_list',
  schema: z.looseObject({ property_field_path: z.array(z.string()), retriever: part('retriever') }),
  build(definition, scope) {
    const name = compileGet(definition.property_field_path.map((segment) => scope.interpolation.value(segment)()))
    const retriever = auxiliaryRetriever(definition.retriever, scope, { name: 'dynamic_properties', useCache: true })
    const read = async (): Promise<readonly string[]> => {
      const names: string[] = []
      for await (const records of retriever.readSlice(emptySlice))
        for (const record of records) names.push(str(name(record) ?? []))
      return names
    }
    let known: Promise<readonly string[]> | undefined
    return {
      names() {
        known ??= read().catch((error: unknown) => {
          known = undefined
          throw error
        })
        return known
      },
    }
  },
})
