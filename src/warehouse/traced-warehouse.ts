import { inSpan, isTracing, redact, type Span, type SpanAttributes, tracesSql } from '../base/index.js'
import type { QueryOptions, QueryResult, Warehouse, WarehouseConnection } from './contract.js'

/** A text is for recognising a statement; who wants all of it finds it in the log of the run. */
const maxTextLength = 2_000
/** As OpenTelemetry calls database systems. */
const systems: Readonly<Record<string, string>> = { postgres: 'postgresql' }

/** The same warehouse; every statement on it is a span, where somebody collects spans. */
export function traced(warehouse: Warehouse): Warehouse {
  if (!isTracing()) return warehouse
  return replacing(warehouse, {
    connect: async (options) => tracedConnection(await warehouse.connect(options), warehouse),
  })
}

function tracedConnection(connection: WarehouseConnection, { type, database }: Warehouse): WarehouseConnection {
  const statement = <T>(
    sql: string,
    work: (span: Span) => Promise<T>,
    factsOf: (result: T) => SpanAttributes = () => ({}),
  ) => {
    const operation = operationOf(sql)
    const attributes = {
      'db.system.name': systems[type] ?? type,
      'db.namespace': database,
      'db.operation.name': operation,
      'db.query.text': shownText(sql),
    }
    return inSpan(operation, { kind: 'client', attributes }, async (span) => {
      const result = await work(span)
      span.set(factsOf(result))
      return result
    })
  }
  const stream = connection.stream?.bind(connection)
  const readOnly = connection.queryReadOnly?.bind(connection)
  return replacing(connection, {
    query: (sql: string, options?: QueryOptions) => statement(sql, () => connection.query(sql, options), factsOf),
    ...(readOnly && {
      queryReadOnly: (sql: string, options?: QueryOptions) => statement(sql, () => readOnly(sql, options), factsOf),
    }),
    ...(stream && { stream: (sql, options) => told(stream(sql, options), (work) => statement(sql, work)) }),
    commit: () => statement('commit', () => connection.commit()),
  })
}

/** The same pieces, within a span from the first one that is asked for to the last one, or to where the loop is left. */
async function* told(
  pieces: AsyncIterable<QueryResult>,
  inStatement: (work: (span: Span) => Promise<void>) => Promise<void>,
): AsyncGenerator<QueryResult> {
  let rows = 0
  let end: (failure?: unknown) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    end = (failure) => (failure === undefined ? resolve() : reject(failure))
  })
  const span = inStatement(async (span) => {
    await ended.finally(() => span.set({ 'db.response.returned_rows': rows }))
  }).catch(() => {})
  try {
    for await (const piece of pieces) {
      rows += piece.rows.length
      yield piece
    }
  } catch (error) {
    end(error)
    throw error
  } finally {
    end()
    await span
  }
}

const factsOf = ({ rows, rowsAffected, columns }: QueryResult): SpanAttributes => ({
  'db.response.returned_rows': columns.length > 0 ? rows.length : undefined,
  'millrace.rows_affected': rowsAffected,
})

/** `SELECT`, `CREATE TABLE`: what a statement does; nothing that it is done with. */
export function operationOf(sql: string): string {
  const [, verb = 'query', object] =
    /^([a-z]+)(?:\s+or\s+replace)?(?:\s+temp(?:orary)?)?(?:\s+(table|view|schema|index|into|from)\b)?/i.exec(
      withoutComments(sql),
    ) ?? []
  return [verb, verb.toLowerCase() === 'select' ? undefined : object].filter(Boolean).join(' ').toUpperCase()
}

/** Of what stands before a statement, such as the comment that dbt puts there. */
const withoutComments = (sql: string) => sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/|[;(])+/, '')

/** Undefined unless it was asked for, and where something secret may stand in it. */
function shownText(sql: string): string | undefined {
  if (!tracesSql() || redact(sql) !== sql || speaksOfSecrets.test(sql)) return undefined
  return sql.length > maxTextLength ? `${sql.slice(0, maxTextLength)} …` : sql
}

const speaksOfSecrets = /secret|passw|pwd|token|credential|access_key|private_key|api_key/i

/** An object with some of its methods replaced; the others work on the object itself, also where they use what is private to it. */
function replacing<T extends object>(object: T, methods: Partial<T>): T {
  return new Proxy(object, {
    get(target, name) {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
