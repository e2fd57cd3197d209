import { failure } from '../../failure.js'

/** Conditions see the settings, which only one resolver is made of. */
export function refuseConditions(definitions: readonly { readonly condition?: string | undefined }[]): void {
  if (!definitions.some((definition) => definition.condition)) return
  throw failure('MANIFEST_INVALID', {
    message: 'A ComponentMappingDefinition has a `condition`, and its resolver is no ConfigComponentsResolver.',
    hint: 'Take the condition away.',
    failureType: 'system_error',
  })
}
