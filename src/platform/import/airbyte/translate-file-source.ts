import { isMapping } from '../../../base/index.js'

type Config = Readonly<Record<string, unknown>>

/** Formats of Airbyte's readers that ours reads the same. */
const formats = new Set(['csv', 'json', 'jsonl', 'excel', 'parquet'])

/** The settings of our connector `file` for one of Airbyte's that reads files; undefined where ours does not read what it says. */
export function fileSettings(type: string, config: Config): Config | undefined {
  if (type === 'file') return ofOneFile(config)
  return type === 's3' ? ofBucket(config) : undefined
}

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
const withoutGaps = (settings: Config): Config =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))

/** Its options are those of pandas, of which ours has a few. */
function readerOptions(options: unknown): Config | undefined {
  if (options === undefined || options === null || options === '' || options === '{}') return {}
  let given: unknown
  try {
    given = JSON.parse(String(options))
  } catch {
    return undefined
  }
  if (!isMapping(given)) return undefined
  const { sep, delimiter, encoding, skiprows, sheet_name, header, ...others } = given
  if (Object.keys(others).length > 0 || (header !== undefined && header !== 0 && header !== null)) return undefined
  return withoutGaps({
    delimiter: text(sep) ?? text(delimiter),
    encoding: text(encoding),
    skip_rows: typeof skiprows === 'number' ? skiprows : undefined,
    sheet: text(sheet_name),
    header: header === null ? false : undefined,
  })
}

function ofOneFile({ dataset_name, format = 'csv', url, provider, reader_options }: Config): Config | undefined {
  const options = readerOptions(reader_options)
  const place = isMapping(provider) ? placeOf(provider, String(url)) : undefined
  if (!options || !place || !formats.has(String(format))) return undefined
  return { streams: [{ name: dataset_name, path: place.path, format, ...options }], ...place.settings }
}

const withScheme = (url: string, scheme: string) => (url.includes('://') ? url : `${scheme}://${url}`)

function placeOf(provider: Config, url: string): { readonly path: string; readonly settings: Config } | undefined {
  switch (provider.storage) {
    case 'HTTPS':
      return /^https?:/.test(url) ? { path: url, settings: {} } : undefined
    case 'S3': {
      const { aws_access_key_id: id, aws_secret_access_key: key } = provider
      const s3 = withoutGaps({ access_key_id: text(id), secret_access_key: text(key) })
      return { path: withScheme(url, 's3'), settings: Object.keys(s3).length > 0 ? { s3 } : {} }
    }
    case 'GCS': {
      const account = text(provider.service_account_json)
      return { path: withScheme(url, 'gs'), settings: account ? { gcs: { service_account_json: account } } : {} }
    }
    default:
      return undefined
  }
}

function ofBucket(config: Config): Config | undefined {
  const { bucket, streams, aws_access_key_id, aws_secret_access_key, role_arn, endpoint, region_name } = config
  if (!Array.isArray(streams) || text(role_arn)) return undefined
  const own = streams.map((stream) => (isMapping(stream) ? ofStream(String(bucket), stream) : undefined))
  if (own.some((stream) => stream === undefined)) return undefined
  const s3 = withoutGaps({
    endpoint: text(endpoint),
    region: text(region_name),
    access_key_id: text(aws_access_key_id),
    secret_access_key: text(aws_secret_access_key),
  })
  return { streams: own, ...(Object.keys(s3).length > 0 ? { s3 } : {}) }
}

/** One pattern a stream, in a format that says nothing unusual. */
function ofStream(bucket: string, { name, globs, format }: Config): Config | undefined {
  const [glob, ...more] = Array.isArray(globs) ? globs.map(String) : ['**']
  const { filetype = 'csv', delimiter, encoding, skip_rows_before_header: skipped } = isMapping(format) ? format : {}
  if (glob === undefined || more.length > 0 || /[|{}[\]]/.test(glob) || !formats.has(String(filetype))) return undefined
  return withoutGaps({
    name,
    path: `s3://${bucket}/${glob}`,
    format: filetype,
    delimiter: filetype === 'csv' && delimiter !== ',' ? text(delimiter) : undefined,
    encoding: encoding === 'utf8' ? undefined : text(encoding),
    skip_rows: typeof skipped === 'number' && skipped > 0 ? skipped : undefined,
  })
}
