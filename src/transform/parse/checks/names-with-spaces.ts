import type { Manifest } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { ParseScope } from '../scope/parse-scope.js'

/** `source.shop.raw data.orders`: a table may be called as it likes. */
const sourceWithSpace = /^source\.[^.]*\.[^.]* /

/** Whether something is called so that commands, which part names at blanks, cannot name it. An id ends with the name. */
export const hasNamesWithSpaces = ({ nodes, sources, semantic_models }: Manifest): boolean =>
  [nodes, semantic_models].some((kind) => Object.keys(kind).some((id) => id.includes(' '))) ||
  Object.keys(sources).some((id) => sourceWithSpace.test(id))

/** Each such name is an error where its flag says so, as `require_resource_names_without_spaces` does by itself; else a warning. */
export function checkNamesWithSpaces(scope: ParseScope): void {
  const { nodes, sources, semantic_models } = scope.manifest
  if (!hasNamesWithSpaces(scope.manifest)) return
  const { flags } = scope.invocation
  const named = (found: readonly { readonly unique_id: string; readonly original_file_path: string }[]) =>
    new Map(
      found.filter(({ unique_id }) => unique_id.includes(' ')).map((one) => [one.unique_id, one.original_file_path]),
    )
  const ofSources = Object.values(sources)
    .filter(({ source_name }) => source_name.includes(' '))
    .map(({ package_name, source_name, original_file_path }) => ({
      unique_id: `source.${package_name}.${source_name}`,
      original_file_path,
    }))
  check(scope, named(Object.values(nodes)), 'model(s)', flags.require_resource_names_without_spaces !== false)
  check(
    scope,
    named([...ofSources, ...(Object.values(semantic_models) as typeof ofSources)]),
    'resource(s)',
    flags.require_source_and_semantic_model_names_without_spaces === true,
  )
}

function check(
  { diagnostics, invocation }: ParseScope,
  found: ReadonlyMap<string, string>,
  what: string,
  isError: boolean,
): void {
  const [first] = found
  if (!first) return
  if (isError) {
    const lines = [...found].map(([id, file]) => `  * '${id}' (${file})`)
    diagnostics.error(
      transformErrors.create('TRANSFORM_YAML_INVALID', {
        message: `Resource names cannot contain spaces:\n${lines.join('\n')}\nPlease rename the invalid ${what} so that their name(s) do not contain any spaces.`,
        at: { file: first[1] },
        data: { dbtType: 'Runtime' },
      }),
    )
    return
  }
  const isDebug = invocation.flags.DEBUG === true
  const code = 'TRANSFORM_YAML_INVALID'
  for (const [id, file] of isDebug ? found : [first])
    diagnostics.warn({
      code,
      message: `Found spaces in the name of \`${id}\``,
      event: { name: 'SpacesInResourceNameDeprecation', data: { unique_id: id, level: 'warn' } },
      at: { file },
    })
  diagnostics.warn({
    code,
    message: `Spaces found in ${found.size} resource name(s).`,
    event: {
      name: 'ResourceNamesWithSpacesDeprecation',
      data: { count_invalid_names: found.size, show_debug_hint: !isDebug, level: 'warn' },
    },
    at: { file: first[1] },
  })
}
