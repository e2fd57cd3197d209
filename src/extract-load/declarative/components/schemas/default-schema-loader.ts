import { MillraceError } from '../../../../base/index.js'
import type { BuildScope } from '../../component.js'
import type { SchemaLoader } from '../../component-contract.js'
import { schemaFile } from './json-file-schema-loader.js'

/** For a stream without a loader: the file of its name, or a schema that says nothing. */
export function defaultSchemaLoader(scope: BuildScope): SchemaLoader {
  const file = schemaFile(undefined, scope)
  return {
    async schema() {
      try {
        return await file.schema()
      } catch (error) {
        if (error instanceof MillraceError && error.code === 'MANIFEST_INVALID') return {}
        throw error
      }
    },
  }
}
