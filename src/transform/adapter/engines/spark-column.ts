import { defineFunction, str } from '../../../jinja/index.js'
import { Column } from '../column.js'

/** dbt-spark's Column: its type is all that Spark says of it, `decimal(10,2)`. */
export class SparkColumn extends Column {
  readonly facts: Readonly<Record<string, unknown>>

  /** @param facts what else DESCRIBE tells, under dbt's names: `table_owner`, `column_index` */
  constructor(name: string, dtype: string, facts: Readonly<Record<string, unknown>> = {}) {
    super(name, dtype)
    this.facts = facts
  }

  override get quoted(): string {
    return `\`${this.name}\``
  }
  override get dataType(): string {
    return this.dtype
  }
  override pythonStr(): string {
    return `<SparkColumn ${this.name} (${this.dataType})>`
  }

  override jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'can_expand_to':
        return (other: Column) => this.isString && other.isString
      case 'literal':
        return (value: unknown) => `cast(${str(value)} as ${this.dtype})`
    }
    if (Object.hasOwn(this.facts, name)) return this.facts[name]
    return typeFunctions[name] ?? super.jinjaAttribute(name)
  }
}

const typeFunctions: Readonly<Record<string, unknown>> = {
  translate_type: (type: unknown) => str(type),
  numeric_type: (_: unknown, precision: unknown, scale: unknown) =>
    precision === null || scale === null ? 'decimal' : `decimal(${str(precision)},${str(scale)})`,
  string_type: (size: unknown) => `character varying(${str(size)})`,
}

const create = defineFunction(
  'create',
  ['name', 'label_or_dtype'],
  (name: unknown, type: unknown) => new SparkColumn(str(name), str(type)),
)

/** `api.Column`, to be called with dbt's arguments. */
export const sparkColumnApi = {
  pythonType: 'type',
  ...defineFunction(
    'Column',
    ['column', 'dtype', 'char_size?', 'numeric_precision?', 'numeric_scale?'],
    (name: unknown, dtype: unknown) => new SparkColumn(str(name), str(dtype)),
  ),
  jinjaAttribute: (name: string): unknown => (name === 'create' ? create : typeFunctions[name]),
}
