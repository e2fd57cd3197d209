import { isInt, truthy } from '../../../../jinja/index.js'
import type { BuildScope, ComponentDefinition } from '../../component.js'
import type { RecordData } from '../../component-contract.js'
import { compileGet } from '../../dpath/index.js'
import { failure } from '../../failure.js'
import { auxiliaryRetriever } from '../retrievers/auxiliary-retriever.js'
import { singlePath } from './single-path.js'

export interface Truncation {
  isTruncated(record: RecordData): boolean
  /** The whole list from elsewhere; undefined where the manifest does not say from where. */
  readonly fetch: ((record: RecordData) => AsyncIterable<readonly unknown[]>) | undefined
  fetched(record: RecordData, count: number): Promise<void>
  notFetched(record: RecordData, count: number): Promise<void>
}

/** Lists that an API cuts short within a record, by a field beside them that says so. What is lost is told once per stream. */
export function truncation(
  definition: {
    readonly truncation_indicator_path?: readonly string[] | undefined
    readonly truncated_list_retriever?: ComponentDefinition | undefined
  },
  listPath: readonly unknown[],
  scope: BuildScope,
): Truncation {
  const { truncation_indicator_path: indicatorPath = [], truncated_list_retriever: from } = definition
  const path = singlePath(indicatorPath, 'truncation_indicator_path', scope.interpolation)
  if (from) {
    singlePath(listPath.map(String), 'expand_records_from_field', scope.interpolation)
    checkFetch(from, path)
  }
  const indicator = compileGet(path)
  const total = compileGet([...path.slice(0, -1), 'total_count'])
  const retriever = from && auxiliaryRetriever(from, scope, { name: 'record_expander_truncated_list' })
  const list = JSON.stringify(listPath)
  let isTold = false

  const totalOf = (record: RecordData): number | undefined => {
    const count = path.length > 0 ? total(record) : undefined
    return isInt(count) && typeof count !== 'boolean' ? Number(count) : undefined
  }
  const tell = async (message: string): Promise<void> => {
    if (isTold) return
    isTold = true
    await scope.services.say({ type: 'log', level: 'warn', message: `${message} Other records may have it too.` })
  }

  return {
    isTruncated: (record) => path.length > 0 && truthy(indicator(record)),
    fetch:
      retriever &&
      ((record) => retriever.readSlice({ partition: { parent_record: record }, cursorSlice: {}, extraFields: {} })),
    async fetched(record, count) {
      const expected = totalOf(record)
      if (expected === undefined || count >= expected) return
      await tell(
        `The list at ${list} has ${expected} items, and \`truncated_list_retriever\` found ${count}: ` +
          'look whether it has a paginator and asks for the whole list.',
      )
    },
    async notFetched(record, count) {
      if (retriever) return
      const expected = totalOf(record)
      await tell(
        `The list at ${list} was cut short by the API: ${count} items${expected === undefined ? '' : ` of ${expected}`} are ` +
          'loaded, the others are missing. A `truncated_list_retriever` can fetch them.',
      )
    },
  }
}

function checkFetch(retriever: ComponentDefinition, indicatorPath: readonly unknown[]): void {
  if (indicatorPath.length === 0)
    throw failure('MANIFEST_INVALID', {
      message: 'A `truncated_list_retriever` has no `truncation_indicator_path` beside it.',
      hint: 'Name the field that says that a list was cut short.',
      failureType: 'system_error',
    })
  const refused = ['partition_router', 'pagination_reset'].find((field) => retriever[field] !== undefined)
  if (refused)
    throw failure('MANIFEST_INVALID', {
      message: `A \`truncated_list_retriever\` has a \`${refused}\`, which has no meaning for it.`,
      hint: 'Remove it.',
      failureType: 'system_error',
    })
}
