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
      const component = made(implementation, definition, scope, given)
      const missing = wantedOf(kind).filter((method) => !has(component, method))
      if (missing.length > 0 || (kind === 'state_migration' && typeof component !== 'function'))
        throw failure('MANIFEST_COMPONENT_UNSUPPORTED', {
          message: `What stands for ${type} \`${name}\` is no ${kind}: ${missing.length > 0 ? `it has no ${missing.map((method) => `\`${method}\``).join(', ')}` : 'it is no function'}.`,
          hint: 'docs/connectors/custom-components.md tells what each kind is.',
          failureType: 'system_error',
        })
      return component
    },
  })

/** What is called of each kind, whatever else it may have. */
const methods: Readonly<Partial<Record<ComponentKind, readonly string[]>>> = {
  authenticator: ['requestOptions', 'signature'],
  backoff_strategy: ['backoff'],
  config_transformation: ['transform'],
  decoder: ['decode'],
  error_handler: ['judge', 'backoff'],
  pagination_strategy: ['initialToken', 'pageSize', 'nextPageToken'],
  partition_router: ['slices', 'requestOptions', 'parentState'],
  record_extractor: ['extract'],
  record_filter: ['filter'],
  requester: ['send', 'urlBase'],
  retriever: ['readSlice'],
  schema_loader: ['schema'],
  schema_normalization: ['normalize'],
  transformation: ['transform'],
  validation_strategy: ['validate'],
}

const wantedOf = (kind: ComponentKind): readonly string[] => methods[kind] ?? []
const has = (component: unknown, method: string): boolean =>
  typeof (component as Readonly<Record<string, unknown>> | null | undefined)?.[method] === 'function'

/** A class is made anew, a function is called. */
function made(implementation: CustomComponent, ...args: Parameters<CustomComponent>): ReturnType<CustomComponent> {
  if (!/^class\b/.test(Function.prototype.toString.call(implementation))) return implementation(...args)
  const Class = implementation as unknown as new (...args: Parameters<CustomComponent>) => ReturnType<CustomComponent>
  return new Class(...args)
}
