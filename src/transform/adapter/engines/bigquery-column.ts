import { defineFunction, iterate, str } from '../../../jinja/index.js'
import type { ResultColumn } from '../../../warehouse/index.js'
import { Column } from '../column.js'

/** A field of a table as BigQuery's API has it. */
export interface Field {
  readonly name: string
  readonly type: string
  readonly mode?: string | undefined
  readonly description?: string | undefined
  readonly fields?: readonly Field[] | undefined
  readonly policyTags?: { readonly names?: readonly string[] } | undefined
}

const sqlNames: Readonly<Record<string, string>> = {
  TEXT: 'STRING',
  FLOAT: 'FLOAT64',
  INTEGER: 'INT64',
}
export const translatedBigQueryType = (type: unknown) => sqlNames[str(type).toUpperCase()] ?? str(type)
const quoted = (name: string) => `\`${name}\``

/** dbt-bigquery's Column: a field that may repeat, and have fields of its own. */
export class BigQueryColumn extends Column {
  readonly fields: readonly BigQueryColumn[]
  readonly mode: string

  constructor(name: string, dtype: string, fields: readonly BigQueryColumn[] = [], mode = 'NULLABLE') {
    super(name, dtype)
    this.fields = fields
    this.mode = mode
  }

  static ofField({ name, type, fields = [], mode = 'NULLABLE' }: Field): BigQueryColumn {
    return new BigQueryColumn(
      name,
      translatedBigQueryType(type),
      fields.map((field) => BigQueryColumn.ofField(field)),
      mode,
    )
  }

  override get quoted(): string {
    return quoted(this.name)
  }
  override get isString(): boolean {
    return this.dtype.toLowerCase() === 'string'
  }
  override get isNumeric(): boolean {
    return this.dtype.toLowerCase() === 'numeric'
  }
  override get isFloat(): boolean {
    return this.dtype.toLowerCase() === 'float64'
  }
  override get isInteger(): boolean {
    return this.dtype.toLowerCase() === 'int64'
  }
  override get dataType(): string {
    const isStruct = ['RECORD', 'STRUCT'].includes(this.dtype.toUpperCase())
    const fields = this.fields.map((field) => `${field.quoted} ${field.dataType}`).join(', ')
    const one = isStruct ? `STRUCT<${fields}>` : this.dtype
    return this.mode.toUpperCase() === 'REPEATED' ? `ARRAY<${one}>` : one
  }
  override pythonStr(): string {
    return `<BigQueryColumn ${this.name} (${this.dataType}, ${this.mode})>`
  }

  /** The fields without fields: `a.b`; what lies in something that repeats repeats. */
  flatten(prefix = ''): readonly BigQueryColumn[] {
    const name = prefix === '' ? this.name : `${prefix}.${this.name}`
    if (this.fields.length === 0) return [new BigQueryColumn(name, this.dtype, [], this.mode)]
    return this.fields.flatMap((field) => field.flatten(name))
  }

  override jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'fields':
        return [...this.fields]
      case 'mode':
        return this.mode
      case 'flatten':
        return () => [...this.flatten()]
      case 'can_expand_to':
        return (other: Column) => this.isString && other.isString
      case 'literal':
        return (value: unknown) => `cast(${str(value)} as ${this.dtype})`
    }
    return typeFunctions[name] ?? super.jinjaAttribute(name)
  }
}

const typeFunctions: Readonly<Record<string, unknown>> = {
  translate_type: translatedBigQueryType,
  string_type: () => 'string',
  // A precision would have to be repeated wherever such a value goes.
  numeric_type: (type: unknown) => str(type),
  get_struct_select_expression: (name: unknown, type: unknown) => structSelect(str(name), str(type)),
  create: (name: unknown, type: unknown) => new BigQueryColumn(str(name), translatedBigQueryType(type)),
}

/** `api.Column` on BigQuery. */
export const bigQueryColumnApi = {
  pythonType: 'type',
  ...defineFunction(
    'Column',
    ['column', 'dtype', 'fields?', 'mode?'],
    (name: unknown, dtype: unknown, fields: unknown = null, mode: unknown = null) =>
      new BigQueryColumn(
        str(name),
        str(dtype),
        fields === null ? [] : iterate(fields).filter((field) => field instanceof BigQueryColumn),
        mode === null ? 'NULLABLE' : str(mode),
      ),
  ),
  jinjaAttribute: (name: string): unknown => typeFunctions[name],
}

/** A column of a query as contracts compare it: the fields of a record by themselves. */
export function columnsOfQuery({ name, type }: ResultColumn): readonly BigQueryColumn[] {
  return columnOfType(name, type).flatten()
}

/** `ARRAY<STRUCT<a INT64>>` is a column that repeats, with a field. */
export function columnOfType(name: string, type: string): BigQueryColumn {
  const [, item] = /^array<(.*)>$/is.exec(type.trim()) ?? []
  const one = item ?? type.trim()
  const fields = structFields(one)
  const inner = fields?.map((field) => columnOfType(field.name, field.type)) ?? []
  const base = fields ? 'RECORD' : one.replace(/\(.*\)$/, '')
  return new BigQueryColumn(name, base, inner, item === undefined ? 'NULLABLE' : 'REPEATED')
}

/** The fields of `struct<a int64, b array<string>>`; undefined for what is none. */
export function structFields(type: string): { readonly name: string; readonly type: string }[] | undefined {
  const [, inner, behind] = /^\s*struct<(.*)>(\s.*)?$/is.exec(type) ?? []
  if (inner === undefined || behind?.includes('>')) return undefined
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let i = 0; i <= inner.length; i++) {
    const sign = inner[i]
    if (sign === '<' || sign === '(') depth++
    else if (sign === '>' || sign === ')') depth--
    else if ((sign === ',' && depth === 0) || sign === undefined) {
      parts.push(inner.slice(from, i).trim())
      from = i + 1
    }
  }
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const [, name = part, rest = ''] = /^(\S+)\s+(.*)$/s.exec(part) ?? []
      return { name, type: rest }
    })
}

/** The fields of a record in the order of its declared type, whatever order they come in; a record that is null stays so. */
export function structSelect(name: string, type: string): string {
  const built = structOf(name, type)
  return built === undefined ? name : `${built} as ${name}`
}

function structOf(path: string, type: string): string | undefined {
  const fields = structFields(type)
  if (!fields) return undefined
  const values = fields.map((field) => {
    const inner = `${path}.${field.name}`
    return `${structOf(inner, field.type) ?? inner} as ${field.name}`
  })
  return `if(${path} is null, null, struct(${values.join(', ')}))`
}
