import type { LoadFileOptions } from '../contract.js'

const formats = { csv: 'CSV', parquet: 'PARQUET', ndjson: 'NEWLINE_DELIMITED_JSON' } as const

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#jobconfigurationload */
export function loadConfiguration({ format, columns, mode, delimiter }: LoadFileOptions): Record<string, unknown> {
  return {
    sourceFormat: formats[format],
    writeDisposition: mode === 'replace' ? 'WRITE_TRUNCATE' : 'WRITE_APPEND',
    createDisposition: mode === 'replace' ? 'CREATE_IF_NEEDED' : 'CREATE_NEVER',
    ...(columns === undefined ? {} : { schema: { fields: columns.map(({ name, type }) => fieldOf(name, type)) } }),
    ...(format === 'csv'
      ? {
          skipLeadingRows: 1,
          allowQuotedNewlines: true,
          ...(delimiter === undefined ? {} : { fieldDelimiter: delimiter }),
        }
      : {}),
    ...(format === 'parquet'
      ? { parquetOptions: { enableListInference: true }, decimalTargetTypes: ['NUMERIC', 'BIGNUMERIC'] }
      : {}),
  }
}

/** `numeric(10, 2)` is a type with a precision and a scale. */
function fieldOf(name: string, type: string): Record<string, unknown> {
  const [, base = type, precision, scale] = /^\s*(\w+)\s*(?:\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\))?\s*$/.exec(type) ?? []
  const isText = /^(?:string|bytes)$/i.test(base)
  return {
    name,
    type: base.toUpperCase(),
    mode: 'NULLABLE',
    ...(precision === undefined ? {} : isText ? { maxLength: precision } : { precision }),
    ...(scale === undefined ? {} : { scale }),
  }
}
