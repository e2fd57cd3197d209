import { truthy } from '../../../jinja/index.js'
import type { AgateTable } from '../../adapter/table.js'
import type { ManifestNode, NodeResult } from '../../contract.js'
import { transformErrors } from '../../errors.js'
import type { StoredResults } from './stored-results.js'

/** What a node's main statement says of how it ended. */
export function outcomeOf(node: ManifestNode, results: StoredResults, isWarnError: boolean): Partial<NodeResult> {
  const main = results.get('main')
  const adapter_response = main?.response.toRecord() ?? {}
  if (node.resource_type !== 'test') return { adapter_response, message: main?.response.message ?? 'OK' }
  return { adapter_response, ...testOutcome(node, main?.table ?? null, isWarnError) }
}

const yes = ['y', 'yes', 't', 'true', 'on', '1']
const no = ['n', 'no', 'f', 'false', 'off', '0']

/** What a test's query says in one of its columns; an own get_test_sql may answer numbers and words. @throws TRANSFORM_COMPILE */
function verdict(value: unknown): boolean {
  if (typeof value !== 'string') return truthy(value)
  const word = value.toLowerCase()
  if (yes.includes(word)) return true
  if (no.includes(word)) return false
  throw transformErrors.create('TRANSFORM_COMPILE', {
    message: `Macro 'get_test_sql' returns '${value}'. It is not type 'bool' and cannot not be converted reliably to a bool.`,
    hint: 'Let should_warn and should_error be comparisons, such as count(*) > 0.',
  })
}

type TestOutcome = Pick<NodeResult, 'status' | 'message' | 'failures'>

/** pass, warn or fail by the count and the two verdicts that the test's query answered. */
function testOutcome(node: ManifestNode, table: AgateTable | null, isWarnError: boolean): TestOutcome {
  const [row] = table?.rows ?? []
  if (!row || table?.rows.length !== 1)
    throw transformErrors.create('TRANSFORM_COMPILE', {
      message: `A test must answer one row with \`failures\`, \`should_warn\` and \`should_error\`; this one answered ${table?.rows.length ?? 0} rows.`,
      hint: 'The macro get_test_sql was overridden in a way that does not fit.',
    })
  const failures = Number(row.jinjaItem('failures') ?? 0)
  const isYes = (name: string) => verdict(row.jinjaItem(name))
  const results = `Got ${failures} result${failures === 1 ? '' : 's'}`
  const warnIf = `${results}, configured to ${isWarnError ? 'fail' : 'warn'} if ${String(node.config.warn_if ?? '!= 0')}`
  if (String(node.config.severity ?? 'ERROR').toUpperCase() === 'ERROR' && isYes('should_error'))
    return {
      status: 'fail',
      message: `${results}, configured to fail if ${String(node.config.error_if ?? '!= 0')}`,
      failures,
    }
  if (isYes('should_warn')) return { status: isWarnError ? 'fail' : 'warn', message: warnIf, failures }
  // What passes has none, whatever its query counted.
  return { status: 'pass', message: null, failures: 0 }
}
