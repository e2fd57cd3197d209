import type {
  Connection as DriverConnection,
  FileAndStageBindStatement,
  RowStatement,
  StatementOption,
} from 'snowflake-sdk'
import { baseErrors } from '../../base/index.js'
import { cancelledCode, codeOf, queryError } from './errors.js'

const cancelIntervalMs = 500

export interface StatementRun {
  readonly sql: string
  readonly binds?: NonNullable<StatementOption['binds']> | undefined
  /** Several statements, or a block: the server takes the text apart. */
  readonly isMany?: boolean
  readonly signal?: AbortSignal | undefined
}

/** Runs one request, until its result can be read; the last one's where the text has several. */
export function runStatement(
  connection: DriverConnection,
  place: string,
  { sql, binds, isMany, signal }: StatementRun,
): Promise<RowStatement> {
  return new Promise((resolve, reject) => {
    let statement: RowStatement | undefined
    let cancelling: NodeJS.Timeout | undefined
    // A request to cancel that comes before the statement is forgotten: it is asked until the statement has ended.
    const cancel = () => {
      statement?.cancel(() => {})
      cancelling ??= setInterval(cancel, cancelIntervalMs)
    }
    const end = () => {
      clearInterval(cancelling)
      signal?.removeEventListener('abort', cancel)
    }
    const complete: NonNullable<StatementOption['complete']> = (error, done) => {
      if (error) {
        end()
        const isCancelled = signal?.aborted && (codeOf(error) === cancelledCode || codeOf(error) === '')
        reject(
          isCancelled
            ? baseErrors.create('ABORTED', { message: 'The query was cancelled.', cause: error })
            : queryError(error, sql, place),
        )
        return
      }
      const several = done as FileAndStageBindStatement
      if (several.hasNext?.()) return several.NextResult()
      end()
      resolve(done)
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      statement = connection.execute({
        sqlText: sql,
        complete,
        ...(binds === undefined ? {} : { binds }),
        ...(isMany ? { parameters: { MULTI_STATEMENT_COUNT: 0 } } : {}),
      })
    } catch (error) {
      end()
      reject(queryError(error, sql, place))
    }
  })
}
