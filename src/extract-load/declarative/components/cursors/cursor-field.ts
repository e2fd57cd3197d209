import type { SharedParts } from '../../component.js'
import { failure } from '../../failure.js'
import type { Interpolation } from '../../interpolation/index.js'

/** What whoever configures the streams chose for each of them. */
export interface ConfiguredCursorFields {
  get(stream: string): readonly string[] | undefined
  /** Whether the stream was chosen at all; all are where nobody chose. */
  isConfigured(stream: string): boolean
}

const key = Symbol('configured cursor fields')

const none: ConfiguredCursorFields = { get: () => undefined, isConfigured: () => true }

/** Before any stream is built. */
export const configureCursorFields = (shared: SharedParts, fields: ConfiguredCursorFields): void =>
  void shared.once(key, () => fields)

export const configuredCursorFields = (shared: SharedParts): ConfiguredCursorFields => shared.once(key, () => none)

/** The field that the catalog chose, where the cursor lets it; otherwise the one of its definition. */
export function cursorFieldOf(
  definition: { readonly cursor_field: string; readonly allow_catalog_defined_cursor_field?: boolean | undefined },
  given: { readonly stream: string; readonly shared: SharedParts; readonly interpolation: Interpolation },
): string {
  if (definition.allow_catalog_defined_cursor_field) {
    const chosen = configuredCursorFields(given.shared).get(given.stream)
    if (chosen && chosen.length > 1)
      throw failure('MANIFEST_CONFIG_INVALID', {
        message: `The cursor field ${chosen.join('.')} of the stream \`${given.stream}\` lies inside another field.`,
        hint: 'Choose a field of the record itself.',
        failureType: 'system_error',
      })
    if (chosen?.[0]) return chosen[0]
  }
  return given.interpolation.text(definition.cursor_field)()
}
