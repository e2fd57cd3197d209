import { z } from 'zod'
import { type ComponentKind, defineComponent } from '../component.js'
import { failure } from '../failure.js'
import { type CustomComponent, implementationName } from './custom-components.js'

/** Every kind of component that a manifest may have a class of its own for. */
const kinds: Readonly<Record<string, ComponentKind>> = {
  CustomAuthenticator: 'authenticator',
  CustomBackoffStrategy: 'backoff_strategy',
  CustomConfigTransformation: 'config_transformation',
  CustomDecoder: 'decoder',
  CustomErrorHandler: 'error_handler',
  CustomPaginationStrategy: 'pagination_strategy',
  CustomPartitionRouter: 'partition_router',
  CustomRecordExtractor: 'record_extractor',
  CustomRecordFilter: 'record_filter',
  CustomRequester: 'requester',
  CustomRetriever: 'retriever',
  CustomSchemaLoader: 'schema_loader',
  CustomSchemaNormalization: 'schema_normalization',
  CustomStateMigration: 'state_migration',
  CustomTransformation: 'transformation',
  CustomValidationStrategy: 'validation_strategy',
}

for (const [type, kind] of Object.entries(kinds))
  defineComponent({
    type,
    kind,
    schema: z.looseObject({ class_name: z.string() }),
    build(definition, scope, given) {
      const name = implementationName(definition.class_name)
      const implementation = scope.services.custom?.get(name) as CustomComponent | undefined
      if (!implementation)
        throw failure('MANIFEST_COMPONENT_UNSUPPORTED', {
          message: `${type} \`${name}\` is written in Python.`,
          hint: 'Give what stands for it in a module `components.ts` beside the manifest.',
          failureType: 'system_error',
        })
      return made(implementation, definition, scope, given)
    },
  })

/** A class is made anew, a function is called. */
function made(implementation: CustomComponent, ...args: Parameters<CustomComponent>): ReturnType<CustomComponent> {
  if (!/^class\b/.test(Function.prototype.toString.call(implementation))) return implementation(...args)
  const Class = implementation as unknown as new (...args: Parameters<CustomComponent>) => ReturnType<CustomComponent>
  return new Class(...args)
}
