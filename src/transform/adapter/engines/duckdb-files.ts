import { existsSync } from 'node:fs'
import { extname, isAbsolute, resolve } from 'node:path'
import { PyDict, pairs, str } from '../../../jinja/index.js'
import { quoteLiteral } from '../../../sql/index.js'
import { transformErrors } from '../../errors.js'
import type { Credentials } from './engine.js'

/** `s3://…`, `https://…`: not of this machine. */
const isRemote = (location: string) => /^[a-z][\w+.-]*:\/\//i.test(location)
const formats = new Set(['csv', 'parquet', 'json'])
/** Options of COPY whose values are texts. */
const quotedOptions = new Set(['delimiter', 'quote', 'escape', 'null'])

/** What `adapter` offers to the materialization `external`. */
export function externalFiles(credentials: Credentials): Readonly<Record<string, unknown>> {
  const root = String(credentials.external_root ?? '.')
  return {
    external_root: () => root,
    // DuckDB would write relative names into the folder that the process began in.
    external_file: (location: unknown) => {
      const file = str(location).trim()
      return isRemote(file) || isAbsolute(file) ? file : resolve(String(credentials.project_dir ?? '.'), file)
    },
    external_format: (location: unknown) => {
      const ending = extname(str(location)).slice(1).toLowerCase()
      return formats.has(ending) ? ending : 'parquet'
    },
    external_write_options: (location: unknown, options: unknown) => writeOptions(str(location), options),
    external_read_location: (location: unknown, options: unknown) => readLocation(str(location), options),
    location_exists: (location: unknown) => existsSync(str(location)),
    store_relation: (plugin: unknown) => {
      throw transformErrors.create('TRANSFORM_UNSUPPORTED', {
        message: `The model hands its file to the plugin '${str(plugin)}': plugins of dbt-duckdb are written in Python and cannot run here.`,
        hint: 'Remove `plugin` and `glue_register` from the config of the model.',
      })
    },
  }
}

function writeOptions(location: string, given: unknown): string {
  const options = given instanceof PyDict ? given : PyDict.from(pairs(given))
  if (options.get('format') === undefined) {
    const ending = extname(location).slice(1).toLowerCase()
    options.set('format', ending || (options.get('delimiter') === undefined ? 'parquet' : 'csv'))
  }
  if (options.get('format') === 'csv' && options.get('header') === undefined) options.set('header', 1)
  const partitions = options.get('partition_by')
  if (typeof partitions === 'string' && partitions.includes(',') && !partitions.startsWith('('))
    options.set('partition_by', `(${partitions})`)
  return pairs(options)
    .map(([key, value]) => {
      const [name, text] = [str(key), str(value)]
      return quotedOptions.has(name.toLowerCase()) && !isQuoted(text)
        ? `${name} ${quoteLiteral(text)}`
        : `${name} ${text}`
    })
    .join(', ')
}

/** As the project has quoted it; a lone quote is the character that is meant. */
const isQuoted = (text: string) => text.length > 1 && text.startsWith("'") && text.endsWith("'")

/** A file, or all the files below the folder that partitions or several threads have written. */
function readLocation(location: string, given: unknown): string {
  const options = new Map(pairs(given).map(([key, value]) => [str(key), value]))
  const partitions = options.get('partition_by')
  if (!partitions && !options.get('per_thread_output')) return location
  const depth = partitions ? str(partitions).split(',').length : 0
  return `${[location, '*', ...Array<string>(depth).fill('*')].join('/')}.${str(options.get('format') ?? 'parquet')}`
}
