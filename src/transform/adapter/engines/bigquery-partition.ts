import { defineFunction, iterate, PyDict, pairs, str } from '../../../jinja/index.js'
import { transformErrors } from '../../errors.js'
import type { Column } from '../column.js'

const keys = new Set(['field', 'data_type', 'granularity', 'range', 'time_ingestion_partitioning', 'copy_partitions'])

interface PartitionRange {
  readonly start: unknown
  readonly end: unknown
  readonly interval: unknown
}

/** `partition_by` of a model, read: dbt-bigquery's PartitionConfig, which its macros and those of packages ask by its names. */
export class Partition {
  readonly pythonType = 'PartitionConfig'
  readonly field: string
  readonly dataType: string
  readonly granularity: string
  readonly range: PartitionRange | null
  readonly isByIngestion: boolean
  readonly copies: boolean

  /** @throws TRANSFORM_COMPILE for what is no partitioning */
  static parse(raw: unknown): Partition | null {
    if (raw === null || raw === undefined) return null
    const isDict = raw instanceof PyDict || (typeof raw === 'object' && !Array.isArray(raw))
    const given = new Map(isDict ? pairs(raw).map(([key, value]) => [str(key), value]) : [])
    const unknown = [...given.keys()].filter((key) => !keys.has(key))
    if (!isDict || typeof given.get('field') !== 'string' || unknown.length > 0)
      throw transformErrors.create('TRANSFORM_COMPILE', {
        message: isDict ? 'Could not parse partition config' : `Invalid partition_by config: ${str(raw)}`,
        hint:
          unknown.length > 0
            ? `It knows no ${unknown.join(', ')}; its keys are ${[...keys].join(', ')}.`
            : "Write it as {'field': 'created_at', 'data_type': 'timestamp', 'granularity': 'day'}.",
        data: { config: ['partition_by'] },
      })
    return new Partition(given)
  }

  private constructor(given: ReadonlyMap<string, unknown>) {
    const text = (key: string, fallback: string) => str(given.get(key) ?? fallback).toLowerCase()
    this.field = text('field', '')
    this.dataType = text('data_type', 'date')
    this.granularity = text('granularity', 'day')
    this.isByIngestion = given.get('time_ingestion_partitioning') === true
    this.copies = given.get('copy_partitions') === true
    const range = given.get('range')
    const ends = range == null ? undefined : new Map(pairs(range).map(([key, value]) => [str(key), value]))
    this.range = ends ? { start: ends.get('start'), end: ends.get('end'), interval: ends.get('interval') } : null
  }

  /** Which pseudo column has the time at which a row came. */
  get timeField(): string {
    return this.dataType === 'date' ? '_PARTITIONDATE' : '_PARTITIONTIME'
  }
  get isTruncated(): boolean {
    return !(this.dataType === 'int64' || (this.dataType === 'date' && this.granularity === 'day'))
  }

  render(alias: string | null = null): string {
    const name = this.isByIngestion ? this.timeField : this.field
    const column = alias === null ? name : `${alias}.${name}`
    return this.isTruncated ? `${this.dataType}_trunc(${column}, ${this.granularity})` : column
  }

  /** The start of the partition that a row is in. */
  renderWrapped(alias: string | null = null): string {
    const column = this.render(alias)
    if (this.dataType === 'int64' && this.range && str(this.range.interval) !== '1')
      return `(${column} - mod(${column} - ${str(this.range.start)}, ${str(this.range.interval)}))`
    const isOwnDate = this.isByIngestion && this.dataType === 'date'
    const isTime = ['date', 'timestamp', 'datetime'].includes(this.dataType)
    return isTime && !this.isTruncated && !isOwnDate ? `${this.dataType}(${column})` : column
  }

  jinjaAttribute(name: string): unknown {
    switch (name) {
      case 'field':
        return this.field
      case 'data_type':
        return this.dataType
      case 'granularity':
        return this.granularity
      case 'range':
        return this.range && PyDict.from(Object.entries(this.range))
      case 'time_ingestion_partitioning':
        return this.isByIngestion
      case 'copy_partitions':
        return this.copies
      case 'data_type_for_partition':
        return () => (!this.isByIngestion || this.dataType === 'date' ? this.dataType : 'timestamp')
      case 'data_type_should_be_truncated':
        return () => this.isTruncated
      case 'time_partitioning_field':
        return () => this.timeField
      case 'insertable_time_partitioning_field':
        return () => '_PARTITIONTIME'
      case 'reject_partition_field_column':
        return (columns: unknown) =>
          iterate(columns).filter((column) => (column as Column).name.toLowerCase() !== this.field)
      case 'render':
        return defineFunction('render', ['alias?'], (alias: unknown = null) => this.render(textOf(alias)))
      case 'render_wrapped':
        return defineFunction('render_wrapped', ['alias?'], (alias: unknown = null) =>
          this.renderWrapped(textOf(alias)),
        )
    }
    return undefined
  }
}

const textOf = (value: unknown) => (value === null || value === undefined ? null : str(value))
