import { runtimeError, typeError } from '../errors.js'
import type { Kwargs } from './callable.js'
import { formatValue } from './format-spec.js'
import { asciiRepr, repr, str } from './print.js'
import { isPlainObject, PyDict, typeName } from './values.js'

/** `str.format`: `{}`, `{0}`, `{name}`, `{a.b[c]!r:>10.2f}`, `{:{width}}`, `{{`. */
export function formatText(
  template: string,
  args: readonly unknown[],
  kwargs: Kwargs | null,
  mapping?: unknown,
): string {
  return new Formatter(args, kwargs, mapping).format(template)
}

class Formatter {
  readonly #args: readonly unknown[]
  readonly #kwargs: Kwargs | null
  readonly #mapping: unknown
  /** How many `{}` there were. */
  #automatic = 0
  #numbering: 'automatic' | 'manual' | undefined

  constructor(args: readonly unknown[], kwargs: Kwargs | null, mapping: unknown) {
    this.#args = args
    this.#kwargs = kwargs
    this.#mapping = mapping
  }

  format(template: string): string {
    let out = ''
    for (let at = 0; at < template.length; at++) {
      const char = template[at] as string
      if (char !== '{' && char !== '}') out += char
      else if (template[at + 1] === char) {
        out += char
        at++
      } else if (char === '}' || at + 1 === template.length)
        throw runtimeError(`ValueError: Single '${char}' encountered in format string`)
      else {
        const end = fieldEnd(template, at + 1)
        out += this.#field(template.slice(at + 1, end))
        at = end
      }
    }
    return out
  }

  #field(field: string): string {
    const [, path = '', rest = ''] = /^((?:\[[^\]]*\]|[^:![])*)([\s\S]*)$/.exec(field) ?? []
    const conversion = rest.startsWith('!') ? rest[1] : undefined
    const after = conversion === undefined ? rest : rest.slice(2)
    if (after !== '' && !after.startsWith(':'))
      throw runtimeError("ValueError: expected ':' after conversion specifier")
    const value = converted(this.#lookup(path), conversion)
    return formatValue(value, this.format(after.slice(1)))
  }

  #lookup(path: string): unknown {
    const [first = ''] = /^[^.[]*/.exec(path) ?? []
    let value: unknown
    if (first === '') {
      this.#count('automatic')
      value = this.#positional(this.#automatic++)
    } else if (/^\d+$/.test(first)) {
      this.#count('manual')
      value = this.#positional(Number(first))
    } else value = this.#named(first)
    for (const step of path.slice(first.length).matchAll(/\.([^.[]+)|\[([^\]]+)\]/g))
      value = step[1] !== undefined ? attributeOf(value, step[1]) : itemOf(value, step[2] as string)
    return value
  }

  #count(numbering: 'automatic' | 'manual'): void {
    if (this.#numbering !== undefined && this.#numbering !== numbering)
      throw runtimeError(
        numbering === 'manual'
          ? 'ValueError: cannot switch from automatic field numbering to manual field specification'
          : 'ValueError: cannot switch from manual field specification to automatic field numbering',
      )
    this.#numbering = numbering
  }

  #positional(at: number): unknown {
    if (at >= this.#args.length)
      throw runtimeError(`IndexError: Replacement index ${at} out of range for positional args tuple`)
    return this.#args[at]
  }

  #named(name: string): unknown {
    if (this.#kwargs?.entries.has(name)) return this.#kwargs.entries.get(name)
    if (this.#mapping instanceof PyDict && this.#mapping.has(name)) return this.#mapping.get(name)
    if (isPlainObject(this.#mapping) && name in this.#mapping) return this.#mapping[name]
    throw runtimeError(`KeyError: '${name}'`)
  }
}

/** Where the brace closes that stands before `from`. */
function fieldEnd(template: string, from: number): number {
  let depth = 1
  for (let at = from; at < template.length; at++) {
    if (template[at] === '{') depth++
    else if (template[at] === '}' && --depth === 0) return at
  }
  throw runtimeError("ValueError: expected '}' before end of string")
}

function converted(value: unknown, conversion: string | undefined): unknown {
  switch (conversion) {
    case undefined:
      return value
    case 's':
      return str(value)
    case 'r':
      return repr(value)
    case 'a':
      return asciiRepr(value)
  }
  throw runtimeError(`ValueError: Unknown conversion specifier ${conversion}`)
}

function itemOf(value: unknown, key: string): unknown {
  if (Array.isArray(value) && /^\d+$/.test(key)) {
    if (Number(key) >= value.length) throw runtimeError(`IndexError: ${typeName(value)} index out of range`)
    return value[Number(key)]
  }
  const index = /^\d+$/.test(key) ? Number(key) : key
  if (value instanceof PyDict && value.has(index)) return value.get(index)
  if (isPlainObject(value) && Object.hasOwn(value, key)) return value[key]
  if (value instanceof PyDict || isPlainObject(value)) throw runtimeError(`KeyError: ${repr(index)}`)
  throw typeError(`'${typeName(value)}' object is not subscriptable`)
}

function attributeOf(value: unknown, name: string): unknown {
  const found = (value as { jinjaAttribute?(name: string): unknown } | null)?.jinjaAttribute?.(name)
  if (found === undefined) throw runtimeError(`AttributeError: '${typeName(value)}' object has no attribute '${name}'`)
  return found
}
