import {
  Decimal,
  defineFunction,
  equals,
  float,
  floatText,
  isInt,
  iterate,
  order,
  PyDict,
  PyTuple,
  str,
  toJson,
  toNumber,
  truthy,
} from '../../jinja/index.js'
import { dateTimeOf, PyDateTime } from '../../python/index.js'
import type { Cell, QueryResult, ResultColumn } from '../../warehouse/index.js'
import { csvText } from './csv.js'
import { type PrintLimits, printTable } from './print-table.js'

/** A cell as agate keeps it: numbers with a fraction are Decimals, dates and times objects, nested values JSON. */
function toPythonCell(cell: Cell, column: ResultColumn): unknown {
  if (cell === null) return null
  switch (column.kind) {
    case 'decimal':
      return new Decimal(String(cell))
    case 'float':
      return new Decimal(decimalText(Number(cell)))
    case 'date':
      return dateTimeOf(String(cell), true) ?? cell
    case 'timestamp':
    case 'timestamptz':
      return dateTimeOf(String(cell)) ?? cell
    case 'list':
    case 'struct':
      return toJson(cell, undefined, false)
    default:
      return cell
  }
}

/** A float as Python's Decimal prints it: `0.00001`, `1E-7`, `1E+20`, `-Infinity`. */
const decimalText = (value: number) =>
  Number.isFinite(value)
    ? (Math.abs(value) < 1e-4 && value !== 0 ? String(value) : floatText(value)).replace('e', 'E')
    : String(value)

/** Numbers with a fraction are floats in JSON, times texts. */
function jsonValue(value: unknown): unknown {
  if (value instanceof Decimal) return float(toNumber(value))
  if (value instanceof PyDateTime) return value.iso('T')
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? str(value) : value
}

/** Rows of a query as agate's Table shows them to templates. */
export class AgateTable {
  readonly pythonType = 'Table'
  readonly columnNames: readonly string[]
  readonly rows: readonly AgateRow[]
  readonly #print: Print | undefined

  /** @param print hears of what a template prints of it */
  constructor(columnNames: readonly string[], rows: readonly (readonly unknown[])[], print?: Print) {
    this.columnNames = columnNames
    this.#print = print
    this.rows = rows.map((row) => new AgateRow(columnNames, row))
  }

  static fromResult(result: QueryResult, print?: Print): AgateTable {
    return new AgateTable(
      result.columns.map((column) => column.name),
      result.rows.map((row) => row.map((cell, i) => toPythonCell(cell, result.columns[i] as ResultColumn))),
      print,
    )
  }

  get length(): number {
    return this.rows.length
  }
  get isTruthy(): boolean {
    return true
  }

  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'rows':
        return this.rows
      case 'columns':
        return new AgateColumns(this)
      case 'column_names':
        return PyTuple.fromArray(this.columnNames)
      case 'print_table':
        return defineFunction(
          'print_table',
          ['max_rows?', 'max_columns?', 'output?', 'max_column_width?', 'locale?', 'max_precision?'],
          (...given: unknown[]) => this.#say(printTable(this, printLimits(given))),
        )
      case 'print_csv':
        return () => this.#say(this.toCsv())
      case 'print_json':
        return () => this.#say(this.toJson())
      case 'to_json':
        return () => this.toJson()
      case 'select':
        return (names: unknown) =>
          this.#select(typeof names === 'string' ? [names] : iterate(names).map((one) => str(one)))
      case 'exclude':
        return (names: unknown) => {
          const out = new Set(typeof names === 'string' ? [names] : iterate(names).map((one) => str(one)))
          return this.#select(this.columnNames.filter((one) => !out.has(one)))
        }
      case 'rename':
        return defineFunction('rename', ['column_names'], (names: unknown) => this.#rename(names))
      case 'order_by':
        return defineFunction('order_by', ['key', 'reverse?'], (key: unknown, reverse: unknown = false) =>
          this.#orderBy(iterate(typeof key === 'string' ? [key] : key).map(str), truthy(reverse)),
        )
      case 'limit':
        return (count: unknown) => this.first(Number(count))
      case 'distinct':
        return () => {
          const seen = new Map(
            this.rows.map((row) => [
              toJson(
                row.values.map((value) => str(value)),
                undefined,
                false,
              ),
              row,
            ]),
          )
          return this.#with([...seen.values()])
        }
    }
    return undefined
  }
  jinjaItem(key: unknown): unknown {
    return isInt(key) ? this.rows.at(Number(key)) : undefined
  }
  [Symbol.iterator](): Iterator<AgateRow> {
    return this.rows[Symbol.iterator]()
  }
  column(index: number): unknown[] {
    return this.rows.map((row) => row.values[index])
  }
  print(): string {
    return printTable(this)
  }
  /** Its names and rows as lines of a CSV file. */
  toCsv(): string {
    const cells = this.rows.map((row) => row.values.map((value) => (value === null ? '' : str(value))))
    return [this.columnNames, ...cells].map((row) => row.map(csvText).join(',')).join('\n')
  }
  /** Its first rows. */
  first(count: number): AgateTable {
    return this.#with(this.rows.slice(0, count))
  }
  /** A list of objects. */
  toJson(): string {
    return toJson(
      this.rows.map((row) => PyDict.from(row.names.map((name, i) => [name, jsonValue(row.values[i])] as const))),
      undefined,
      false,
    )
  }

  /** As Python's print: a template gets nothing of it. */
  #say(text: string): null {
    for (const line of text.split('\n')) this.#print?.(line)
    return null
  }
  #with(rows: readonly AgateRow[]): AgateTable {
    return this.#made(
      this.columnNames,
      rows.map((row) => row.values),
    )
  }
  #made(names: readonly string[], rows: readonly (readonly unknown[])[]): AgateTable {
    return new AgateTable(names, rows, this.#print)
  }
  /** As agate orders rows: what is null comes last. */
  #orderBy(names: readonly string[], isReversed: boolean): AgateTable {
    const at = names.map((name) => this.columnNames.indexOf(name))
    const compare = (a: AgateRow, b: AgateRow): number => {
      for (const i of at) {
        const [left, right] = [a.values[i], b.values[i]]
        if (left === null || right === null) {
          if (left !== right) return left === null ? 1 : -1
        } else if (!equals(left, right)) return order(left, right)
      }
      return 0
    }
    const rows = [...this.rows].sort(compare)
    return this.#with(isReversed ? rows.reverse() : rows)
  }
  #select(names: readonly string[]): AgateTable {
    const at = names.map((name) => this.columnNames.indexOf(name))
    return this.#made(
      names,
      this.rows.map((row) => at.map((i) => row.values[i])),
    )
  }
  #rename(names: unknown): AgateTable {
    const renamed =
      names instanceof PyDict
        ? this.columnNames.map((name) => str(names.get(name) ?? name))
        : iterate(names).map((name) => str(name))
    return this.#made(
      renamed,
      this.rows.map((row) => row.values),
    )
  }
}

type Print = (line: string) => void

/** What `print_table` is given, in the order of its parameters; None takes a bound away. */
function printLimits([
  maxRows = 20,
  maxColumns = 6,
  ,
  maxColumnWidth = 20,
  ,
  maxPrecision = 3,
]: unknown[]): PrintLimits {
  const bound = (value: unknown) => (value === null ? Number.POSITIVE_INFINITY : Number(value))
  return {
    maxRows: bound(maxRows),
    maxColumns: bound(maxColumns),
    maxColumnWidth: bound(maxColumnWidth),
    maxPrecision: bound(maxPrecision),
  }
}

/** A row by position or by column name. */
export class AgateRow {
  readonly pythonType = 'Row'
  readonly names: readonly string[]
  readonly values: readonly unknown[]
  constructor(names: readonly string[], values: readonly unknown[]) {
    this.names = names
    this.values = values
  }
  get length(): number {
    return this.values.length
  }
  asDict(): PyDict {
    return PyDict.from(this.names.map((name, i) => [name, this.values[i]] as const))
  }
  jinjaItem(key: unknown): unknown {
    return isInt(key) ? this.values.at(Number(key)) : this.values[indexOf(this.names, key)]
  }
  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'values':
        return () => PyTuple.fromArray(this.values)
      case 'keys':
        return () => PyTuple.fromArray(this.names)
      case 'get':
        return (key: unknown, fallback: unknown = null) => this.jinjaItem(key) ?? fallback
      case 'dict':
        return () => this.asDict()
      case 'items':
        return () => this.names.map((one, i) => PyTuple.fromArray([one, this.values[i]]))
    }
    return this.jinjaItem(name)
  }
  [Symbol.iterator](): Iterator<unknown> {
    return this.values[Symbol.iterator]()
  }
  pythonRepr(): string {
    return `<agate.Row: (${this.values.map((value) => str(value)).join(', ')})>`
  }
}

/** The position of a name; engines that fold names may answer it in another case. */
function indexOf(names: readonly string[], key: unknown): number {
  const exact = names.indexOf(str(key))
  return exact >= 0 ? exact : names.findIndex((name) => name.toLowerCase() === str(key).toLowerCase())
}

class AgateColumn {
  readonly pythonType = 'Column'
  readonly name: string
  readonly index: number
  readonly #values: readonly unknown[]
  constructor(name: string, index: number, values: readonly unknown[]) {
    this.name = name
    this.index = index
    this.#values = values
  }
  get length(): number {
    return this.#values.length
  }
  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'name':
        return this.name
      case 'index':
        return this.index
      case 'values':
        return () => PyTuple.fromArray(this.#values)
      case 'values_distinct':
        return () => PyTuple.fromArray(new Map(this.#values.map((value) => [str(value), value])).values())
      case 'values_without_nulls':
        return () => PyTuple.fromArray(this.#values.filter((value) => value !== null))
    }
    return undefined
  }
  jinjaItem(key: unknown): unknown {
    return isInt(key) ? this.#values.at(Number(key)) : undefined
  }
  [Symbol.iterator](): Iterator<unknown> {
    return this.#values[Symbol.iterator]()
  }
}

class AgateColumns {
  readonly pythonType = 'MappedSequence'
  readonly #table: AgateTable
  constructor(table: AgateTable) {
    this.#table = table
  }
  get length(): number {
    return this.#table.columnNames.length
  }
  #at(index: number): AgateColumn | undefined {
    const name = this.#table.columnNames.at(index)
    const at = index < 0 ? this.length + index : index
    return name === undefined ? undefined : new AgateColumn(name, at, this.#table.column(at))
  }
  jinjaItem(key: unknown): unknown {
    if (isInt(key)) return this.#at(Number(key))
    const at = indexOf(this.#table.columnNames, key)
    return at < 0 ? undefined : this.#at(at)
  }
  jinjaAttribute(name: string): unknown {
    if (name === 'keys') return () => PyTuple.fromArray(this.#table.columnNames)
    if (name === 'values') return () => PyTuple.fromArray(this)
    if (name === 'items') return () => this.#table.columnNames.map((one, i) => PyTuple.fromArray([one, this.#at(i)]))
    if (name === 'get') return (key: unknown, fallback: unknown = null) => this.jinjaItem(key) ?? fallback
    return this.jinjaItem(name)
  }
  *[Symbol.iterator](): Generator<unknown> {
    for (const index of this.#table.columnNames.keys()) yield this.#at(index)
  }
}
