import type { YamlDocument } from '../../base/index.js'
import type { Diagnostic } from '../contract.js'

/** Warns of each key that stands twice, as dbt does; `text` is what the file holds. */
export function duplicateKeyWarnings(
  { duplicateKeys }: Pick<YamlDocument, 'duplicateKeys'>,
  text: string,
  file: string,
): Omit<Diagnostic, 'severity'>[] {
  // dbt counts lines from the first that is not empty.
  const skipped = (/^\s*/.exec(text)?.[0] ?? '').split('\n').length - 1
  return duplicateKeys.map(({ key, at, firstLine }) => ({
    code: 'TRANSFORM_YAML_INVALID',
    message: `The key '${key}' stands twice, on the lines ${firstLine} and ${at.line}: the later one counts.`,
    event: {
      name: 'DuplicateYAMLKeysDeprecation',
      data: {
        duplicate_description: `Duplicate key '${key}' in "<unicode string>", line ${(at.line ?? 1) - skipped}, column ${at.column}`,
        file,
      },
    },
    at: { ...at, file },
  }))
}
