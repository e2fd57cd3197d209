import type { SourceLocation } from '../../../base/index.js'
import { repr, str } from '../../../jinja/index.js'
import { transformErrors } from '../../errors.js'
import { asList, isMapping, type Path } from '../../project/yaml-file.js'
import { problemText } from '../../value-checks.js'
import type { Property } from './properties.js'

type Values = Readonly<Record<string, unknown>>

/** Where a mapping stands, and of what it is an entry. */
export interface EntrySource extends Pick<Property, 'name' | 'file' | 'package' | 'locate'> {
  readonly kind: string
}

/**
 * A mapping in a properties file, read field by field; which keys there may be was looked at before (entry-checks.ts). What does not fit ends the reading with an error that names the entry,
 * the path in it and the place in the file.
 */
export class Entry {
  readonly values: Values
  readonly property: EntrySource
  readonly #path: Path

  constructor(property: EntrySource, values: Values, path: Path = []) {
    this.property = property
    this.values = values
    this.#path = path
  }

  has(key: string): boolean {
    return this.values[key] !== undefined && this.values[key] !== null
  }

  text(key: string): string | null {
    const value = this.values[key]
    if (value === undefined || value === null) return null
    if (typeof value === 'object') throw this.wrong(`${repr(value)} is not of type 'string'`, [key])
    return str(value)
  }

  required(key: string): string {
    const value = this.text(key)
    if (value === null) throw this.wrong(`'${key}' is a required property`)
    return value
  }

  flag(key: string): boolean | null {
    const value = this.values[key]
    if (value === undefined || value === null) return null
    if (typeof value !== 'boolean') throw this.wrong(`${repr(value)} is not of type 'boolean'`, [key])
    return value
  }

  number(key: string): number | null {
    const value = this.values[key]
    if (value === undefined || value === null) return null
    if (typeof value !== 'number' && typeof value !== 'bigint')
      throw this.wrong(`${repr(value)} is not of type 'number'`, [key])
    return Number(value)
  }

  /** One of some words, in whatever case it is written. */
  choice<T extends string>(key: string, choices: readonly T[]): T | null {
    const text = this.text(key)
    if (text === null) return null
    const found = choices.find((choice) => choice === text.toLowerCase())
    if (!found) throw this.wrong(`${repr(text)} is not one of ${repr([...choices])}`, [key])
    return found
  }

  oneOf<T extends string>(key: string, choices: readonly T[]): T {
    this.required(key)
    return this.choice(key, choices) as T
  }

  mapping(key: string): Values {
    const value = this.values[key]
    if (value === undefined || value === null) return {}
    if (!isMapping(value)) throw this.wrong(`${repr(value)} is not of type 'object'`, [key])
    return value
  }

  texts(key: string): string[] {
    return this.#items(key).map((value) => str(value))
  }

  entry(key: string): Entry | null {
    return this.has(key) ? this.#below(this.mapping(key), [key]) : null
  }

  entries(key: string): Entry[] {
    return this.#items(key).map((value, i) => {
      if (!isMapping(value)) throw this.wrong(`${repr(value)} is not of type 'object'`, [key, i])
      return this.#below(value, [key, i])
    })
  }

  /** Where a name alone may stand instead of a mapping. */
  named(key: string): Entry | null {
    if (!this.has(key)) return null
    const value = this.values[key]
    return this.#below(isMapping(value) ? value : { name: this.text(key) }, [key])
  }

  allNamed(key: string): Entry[] {
    return this.#items(key).map((value, i) => this.#below(isMapping(value) ? value : { name: str(value) }, [key, i]))
  }

  /** An error about this entry. `path` leads to what is wrong. */
  wrong(message: string, path: Path = []): Error {
    const { kind, name, file } = this.property
    const full = [...this.#path, ...path]
    const text = full.length > 0 ? problemText({ path: full, text: message }) : message
    return transformErrors.create('TRANSFORM_YAML_INVALID', {
      message: `Invalid ${kind} config given in ${file} @ ${kind}: '${name}' - ${text}`,
      at: this.at(path),
    })
  }

  at(path: Path = []): SourceLocation {
    return this.property.locate([...this.#path, ...path])
  }

  #items(key: string): unknown[] {
    const value = this.values[key]
    if (isMapping(value)) throw this.wrong(`${repr(value)} is not of type 'array'`, [key])
    return asList(value)
  }

  #below(values: Values, path: Path): Entry {
    return new Entry(this.property, values, [...this.#path, ...path])
  }
}
