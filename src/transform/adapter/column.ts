import { defineFunction, str } from '../../jinja/index.js'
import { quoteIdentifier } from '../../sql/index.js'

const textTypes = /^(text|character varying|character|varchar|char|bpchar|string|nvarchar)$/
const floatTypes = /^(real|float4|float|double precision|float8|double)$/
const integerTypes =
  /^(tinyint|smallint|integer|bigint|hugeint|utinyint|usmallint|uinteger|ubigint|uhugeint|smallserial|serial|bigserial|int|int1|int2|int4|int8|serial2|serial4|serial8)$/
const numericTypes = /^(numeric|decimal|number)$/
const defaultTextSize = 256

const number = (value: unknown): number | null => (value === undefined || value === null ? null : Number(value))

/** A column as macros see it: dbt's `Column`, made of a name, a type and what stands in the type's brackets. */
export class Column {
  readonly pythonType = 'Column'
  readonly name: string
  /** The type without its brackets: `DECIMAL`. */
  readonly dtype: string
  readonly charSize: number | null
  readonly precision: number | null
  readonly scale: number | null

  constructor(
    name: string,
    dtype: string,
    charSize: number | null = null,
    precision: number | null = null,
    scale: number | null = null,
  ) {
    this.name = name
    this.dtype = dtype
    this.charSize = charSize
    this.precision = precision
    this.scale = scale
  }

  get quoted(): string {
    return quoteIdentifier(this.name)
  }
  get isString(): boolean {
    return textTypes.test(this.dtype.toLowerCase())
  }
  get isNumeric(): boolean {
    return numericTypes.test(this.dtype.toLowerCase())
  }
  get isFloat(): boolean {
    return floatTypes.test(this.dtype.toLowerCase())
  }
  get isInteger(): boolean {
    return integerTypes.test(this.dtype.toLowerCase())
  }
  get stringSize(): number {
    return this.dtype === 'text' || this.charSize === null ? defaultTextSize : this.charSize
  }
  /** The type as it stands in DDL. */
  get dataType(): string {
    if (this.isString && this.charSize !== null) return `character varying(${this.stringSize})`
    if (this.isNumeric && this.precision !== null)
      return this.scale === null ? `${this.dtype}(${this.precision})` : `${this.dtype}(${this.precision},${this.scale})`
    return this.dtype
  }
  get hashKey(): string {
    return `column ${this.name} ${this.dataType}`
  }
  pythonCompare(other: unknown): number | undefined {
    return other instanceof Column ? (other.hashKey === this.hashKey ? 0 : 1) : undefined
  }
  pythonStr(): string {
    return `<Column ${this.name} (${this.dataType})>`
  }
  pythonRepr(): string {
    return this.pythonStr()
  }

  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'name':
      case 'column':
        return this.name
      case 'quoted':
        return this.quoted
      case 'dtype':
        return this.dtype
      case 'data_type':
      case 'expanded_data_type':
        return this.dataType
      case 'char_size':
        return this.charSize
      case 'numeric_precision':
        return this.precision
      case 'numeric_scale':
        return this.scale
      case 'is_string':
        return () => this.isString
      case 'is_number':
        return () => this.isFloat || this.isInteger || this.isNumeric
      case 'is_float':
        return () => this.isFloat
      case 'is_integer':
        return () => this.isInteger
      case 'is_numeric':
        return () => this.isNumeric
      case 'string_size':
        return () => this.stringSize
      case 'can_expand_to':
        return (other: Column) => this.isString && other.isString && other.stringSize > this.stringSize
      case 'literal':
        return (value: unknown) => `${str(value)}::${this.dataType}`
    }
    return typeFunction(name)
  }
}

/** What `api.Column` and its instances say about types. */
function typeFunction(name: string): unknown {
  switch (name) {
    case 'string_type':
      return (size: unknown) => `character varying(${str(size)})`
    case 'numeric_type':
      return (type: unknown, precision: unknown, scale: unknown) =>
        precision === null || scale === null ? str(type) : `${str(type)}(${str(precision)},${str(scale)})`
  }
  return undefined
}

/** The one name of a type that dbt turns into another, on every engine. */
export const translatedType = (type: unknown) => (str(type).toLowerCase() === 'string' ? 'TEXT' : str(type))

const columnMembers: Readonly<Record<string, unknown>> = {
  translate_type: translatedType,
  create: defineFunction(
    'create',
    ['name', 'label_or_dtype'],
    (column: unknown, type: unknown) => new Column(str(column), translatedType(type)),
  ),
}

/** `api.Column`, to be called with dbt's arguments. */
export const columnApi = {
  pythonType: 'type',
  ...defineFunction(
    'Column',
    ['column', 'dtype', 'char_size?', 'numeric_precision?', 'numeric_scale?'],
    (name: unknown, dtype: unknown, size: unknown, precision: unknown, scale: unknown) =>
      new Column(str(name), str(dtype), number(size), number(precision), number(scale)),
  ),
  jinjaAttribute: (name: string): unknown => columnMembers[name] ?? typeFunction(name),
}
