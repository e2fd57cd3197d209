import type { z } from 'zod'
import { didYouMean } from '../text/did-you-mean.js'

/** What a schema says of settings that a person wrote, in a person's words. */
export interface InvalidSetting {
  readonly path: readonly (string | number)[]
  readonly message: string
  /** The name or value that was probably meant. */
  readonly meant: string | undefined
  /** The settings that may stand where the mistake is; empty where names are free. */
  readonly known: readonly string[]
  /** The section that the mistake is in. */
  readonly section: string
}

/** The first thing that is wrong. `sectionPath` is where `value` stands in its file. */
export function invalidSetting(
  schema: z.ZodType,
  value: unknown,
  issue: z.core.$ZodIssue | undefined,
  sectionPath: readonly string[] = [],
): InvalidSetting {
  const parent = (issue?.path ?? []).filter((part) => typeof part !== 'symbol')
  const shown = (path: readonly (string | number)[]) => [...sectionPath, ...path].join('.')
  if (issue?.code === 'unrecognized_keys') return unknownSetting(issue.keys[0] ?? '', parent)
  const name = parent.at(-1)
  const holder = parent.slice(0, -1)
  const known = settingNames(schema, holder)
  const section = shown(holder)
  const found = valueAt(value, parent)
  if (issue?.code === 'invalid_value' && typeof found === 'string') {
    const choices = issue.values.map(String)
    const message = `\`${shown(parent)}\` is '${found}', and can be ${choices.slice(0, -1).join(', ')}${choices.length > 1 ? ' or ' : ''}${choices.at(-1)}.`
    return { path: [...sectionPath, ...parent], message, meant: didYouMean(found, choices), known, section }
  }
  if (issue?.code !== 'invalid_type' || typeof name !== 'string' || found !== undefined) {
    const where = shown(parent)
    const message = `${where === '' ? '' : `\`${where}\`: `}${issue?.message ?? 'not valid'}`
    return { path: [...sectionPath, ...parent], message, meant: undefined, known, section }
  }
  // What is missing may be there under a mistyped name.
  const written = Object.keys((valueAt(value, holder) as object | undefined) ?? {})
  const typo = written.find((one) => !known.includes(one) && didYouMean(one, [name]) !== undefined)
  if (typo !== undefined) return unknownSetting(typo, holder)
  const message = `\`${name}\` is missing${section === '' ? '' : ` in \`${section}\``}.`
  return { path: [...sectionPath, ...holder], message, meant: undefined, known, section }

  function unknownSetting(key: string, below: readonly (string | number)[]): InvalidSetting {
    const names = settingNames(schema, below)
    const inside = shown(below)
    return {
      path: [...sectionPath, ...below, key],
      message: `\`${key}\` is not a setting${inside === '' ? '' : ` of \`${inside}\``}.`,
      meant: didYouMean(key, names),
      known: names,
      section: inside,
    }
  }
}

/** What stands at a place within a value; undefined where nothing does. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (inner, part) => (inner as Record<string | number, unknown> | undefined | null)?.[part],
    value,
  )
}

/** The parts of a zod schema that hold others. */
interface Holder {
  readonly shape?: Readonly<Record<string, Holder>>
  readonly valueType?: Holder
  readonly element?: Holder
  readonly unwrap?: () => Holder
  /** Behind what makes one way of writing of several. */
  readonly out?: Holder
}

/** The settings that may stand below a path. */
function settingNames(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let at: Holder | undefined = bare(schema as Holder)
  for (const part of path) at = bare(at?.shape?.[part] ?? at?.valueType ?? at?.element)
  return Object.keys(at?.shape ?? {})
}

function bare(holder: Holder | undefined): Holder | undefined {
  if (holder?.out) return bare(holder.out)
  return holder?.unwrap && !holder.element ? bare(holder.unwrap()) : holder
}
