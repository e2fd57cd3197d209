import { transformErrors } from '../../errors.js'
import { boolean, type Checks, listOf, mapping, oneOf, optional, text } from '../../value-checks.js'
import { checkOutput } from './check-output.js'
import type { Credentials, EngineTarget, OutputPlace } from './engine.js'

/** Other names of a key of the profile: https://docs.getdbt.com/docs/core/connect-data-platform/bigquery-setup */
const aliases: Readonly<Record<string, string>> = {
  project: 'database',
  dataset: 'schema',
  target_project: 'target_database',
  target_dataset: 'target_schema',
  retries: 'job_retries',
  timeout_seconds: 'job_execution_timeout_seconds',
  dataproc_region: 'compute_region',
}
const methods = ['oauth', 'oauth-secrets', 'service-account', 'service-account-json']
const whole = [
  'maximum_bytes_billed',
  'job_retry_deadline_seconds',
  'job_retries',
  'job_creation_timeout_seconds',
  'job_execution_timeout_seconds',
]

const checks: Checks = {
  method: text,
  database: optional(text),
  schema: text,
  execution_project: optional(text),
  quota_project: optional(text),
  location: optional(text),
  api_endpoint: optional(text),
  storage_api_endpoint: optional(text),
  priority: optional(oneOf('interactive', 'batch')),
  reservation: optional(text),
  impersonate_service_account: optional(text),
  keyfile: optional(text),
  token: optional(text),
  refresh_token: optional(text),
  client_id: optional(text),
  client_secret: optional(text),
  token_uri: optional(text),
  scopes: optional(listOf(text, 'https://www.googleapis.com/auth/bigquery')),
  job_link_info_level_log: optional(boolean),
}

/** What a method cannot do without. */
const needed: Readonly<Record<string, readonly (readonly string[])[]>> = {
  oauth: [],
  'oauth-secrets': [['token'], ['refresh_token', 'client_id', 'client_secret']],
  'service-account': [['keyfile']],
  'service-account-json': [['keyfile_json']],
}

/** @throws TRANSFORM_PROFILE_INVALID */
export function readBigQueryOutput(output: Credentials, place: OutputPlace): EngineTarget {
  const { locate } = place
  const credentials = Object.fromEntries(Object.entries(output).map(([key, value]) => [aliases[key] ?? key, value]))
  const fail = (key: string, message: string, hint: string) => {
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', { message, at: locate(key), hint })
  }
  const has = (key: string) => credentials[key] !== undefined && credentials[key] !== null && credentials[key] !== ''
  if (!has('schema'))
    fail('type', 'The target of type bigquery has no `dataset`.', 'Write `dataset: analytics`, or `schema:`.')
  if (!has('method'))
    fail('type', 'The target of type bigquery has no `method`.', `Write \`method:\` with one of ${methods.join(', ')}.`)
  const method = String(credentials.method)
  if (method === 'external-oauth-wif')
    fail(
      'method',
      'The method external-oauth-wif of dbt-bigquery is not supported: its token comes from a service that dbt asks itself.',
      'Use `method: oauth` with a credential configuration file of workload identity federation in GOOGLE_APPLICATION_CREDENTIALS.',
    )
  const wants = needed[method]
  if (!wants)
    fail('method', `\`method\` is ${JSON.stringify(method)}, which is none.`, `Use one of ${methods.join(', ')}.`)
  else if (wants.length > 0 && !wants.some((keys) => keys.every(has)))
    fail(
      'method',
      `\`method: ${method}\` needs ${wants.map((keys) => keys.join(', ')).join(', or ')}.`,
      'Add it to the target.',
    )
  if (!has('database') && !hasOwnProject(credentials))
    fail('type', 'The target of type bigquery has no `project`.', 'Write the id of the project on Google Cloud.')
  for (const key of whole)
    if (has(key) && !/^\d+$/.test(String(credentials[key])))
      fail(
        key,
        `\`${key}\` is not a whole number: ${JSON.stringify(credentials[key])}`,
        `Write, for example, \`${key}: 300\`.`,
      )
  checkOutput(
    credentials,
    { ...checks, ...(typeof credentials.keyfile_json === 'string' ? {} : { keyfile_json: optional(mapping) }) },
    place,
  )
  const database = String(credentials.database ?? projectOfKey(credentials) ?? '')
  return {
    database,
    schema: String(credentials.schema),
    credentials: withBigQueryAliases({ ...credentials, database }),
  }
}

const projectOfKey = ({ keyfile_json }: Credentials): unknown =>
  typeof keyfile_json === 'object' && keyfile_json !== null ? (keyfile_json as Credentials).project_id : undefined

const hasOwnProject = (credentials: Credentials) => projectOfKey(credentials) !== undefined

/** What `target` shows, under the older names too. */
export const shownBigQueryCredentials = {
  ...{ method: null, database: null, execution_project: null, schema: null, location: null, priority: null },
  ...{ maximum_bytes_billed: null, reservation: null, impersonate_service_account: null },
  ...{ job_retry_deadline_seconds: null, job_retries: 1, job_creation_timeout_seconds: null },
  ...{ job_execution_timeout_seconds: null, job_link_info_level_log: false, client_id: null, token_uri: null },
  ...{ compute_region: null, dataproc_cluster_name: null, gcs_bucket: null, dataproc_batch: null },
  ...{ project: null, dataset: null, retries: 1, timeout_seconds: null, dataproc_region: null },
} as const

/** The values under the older names too. */
const withBigQueryAliases = (credentials: Credentials): Credentials => ({
  ...credentials,
  ...Object.fromEntries(
    Object.entries(aliases).flatMap(([alias, key]) =>
      credentials[key] === undefined ? [] : [[alias, credentials[key]]],
    ),
  ),
})
