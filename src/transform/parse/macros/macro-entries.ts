import type { ManifestMacro } from '../../contract.js'
import { asText, isMapping, mappings } from '../../project/yaml-file.js'
import type { ParseScope } from '../scope/parse-scope.js'
import type { Property } from '../yaml/properties.js'

/** `macros:` of properties files: descriptions, arguments, meta and docs of macros. They are read anew every time. */
export function patchMacros(scope: ParseScope): void {
  const { registry, invocation } = scope
  const isChecked = invocation.flags.validate_macro_args !== false
  // Without the checks, only what an entry says is shown.
  if (!isChecked) for (const macro of registry.all()) macro.arguments = []
  for (const property of scope.properties.ofKind('macros')) {
    const { name, package: own } = property
    const macro = registry.findIn(own.name, name)
    if (macro) patch(scope, property, macro, isChecked)
    else
      warn(scope, property, {
        message: `${property.file} describes the macro '${name}', which does not exist.`,
        event: { name: 'MacroNotFoundForPatch', data: { patch_name: name } },
      })
  }
}

function patch(scope: ParseScope, property: Property, macro: ManifestMacro, isChecked: boolean): void {
  const { package: own, file, values } = property
  const config = isMapping(values.config) ? values.config : {}
  const meta = { ...(isMapping(values.meta) ? values.meta : {}), ...(isMapping(config.meta) ? config.meta : {}) }
  const given = isMapping(config.docs) ? config.docs : isMapping(values.docs) ? values.docs : {}
  const docs = { show: given.show !== false, node_color: asText(given.node_color) || null }
  const described = mappings(values.arguments).map((argument) => ({
    name: argument.name,
    type: argument.type ?? null,
    description: scope.docs.describe(argument.description, own.name, () => property.at).text,
  }))
  if (isChecked && described.length > 0) checkArguments(scope, property, macro, described)
  macro.description = scope.docs.describe(values.description, own.name, () => property.at).text
  macro.patch_path = `${own.name}://${file}`
  Object.assign(macro, { meta, docs, config: { meta, docs } })
  if (described.length > 0) macro.arguments = described
}

/** An entry names the macro's arguments, in their order, with types that there are. */
function checkArguments(
  scope: ParseScope,
  property: Property,
  macro: ManifestMacro,
  described: readonly { readonly name: unknown; readonly type: unknown }[],
): void {
  const odd = (msg: string) =>
    warn(scope, property, {
      message: msg,
      event: {
        name: 'InvalidMacroAnnotation',
        data: { msg, macro_unique_id: macro.unique_id, macro_file_path: macro.original_file_path },
      },
    })
  for (const [i, { name }] of described.entries())
    if (i < macro.arguments.length && macro.arguments[i]?.name !== name)
      odd(`Argument ${String(name)} in yaml for macro ${macro.name} does not match the jinja definition.`)
  if (described.length !== macro.arguments.length)
    odd(`The number of arguments in the yaml for macro ${macro.name} does not match the jinja definition.`)
  for (const { name, type } of described)
    if (type !== null && String(type).trim() !== '' && !isType(String(type)))
      odd(`Argument ${String(name)} in the yaml for macro ${macro.name} has an invalid type.`)
}

/** The types of arguments, and of how many others each is made: `dict[str, list[int]]`. */
const types: Readonly<Record<string, number>> = {
  str: 0,
  string: 0,
  bool: 0,
  int: 0,
  integer: 0,
  float: 0,
  any: 0,
  list: 1,
  dict: 2,
  optional: 1,
  relation: 0,
  column: 0,
}

const isType = (text: string): boolean => afterType(text.replace(/[ \t]/g, '')) === ''

/** What follows a type at the start of a text; undefined when none stands there. */
function afterType(text: string): string | undefined {
  const name = /^[a-z]+/.exec(text)?.[0] ?? ''
  const count = types[name]
  if (count === undefined) return undefined
  let rest = text.slice(name.length)
  for (let i = 0; i < count; i++) {
    const after = rest.startsWith(i === 0 ? '[' : ',') ? afterType(rest.slice(1)) : undefined
    if (after === undefined) return undefined
    rest = after
  }
  if (count === 0) return rest
  return rest.startsWith(']') ? rest.slice(1) : undefined
}

/** A warning belongs to the entry's file; of one that is clean it is there from before. */
function warn(
  { tracker, diagnostics }: ParseScope,
  { package: own, file, at }: Property,
  warning: Pick<Parameters<ParseScope['diagnostics']['warn']>[0], 'message' | 'event'>,
): void {
  if (!tracker.isClean(own, file))
    tracker.again(own, file, () => diagnostics.warn({ code: 'TRANSFORM_YAML_INVALID', at, ...warning }))
}
