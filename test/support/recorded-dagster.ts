import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RecordedAnswer {
  readonly operation: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly answer: unknown
}

interface Golden {
  readonly oracle: Readonly<Record<string, string>>
  readonly date: string
  readonly answers: readonly RecordedAnswer[]
}

/** What a real Dagster said: scripts/golden/import_dagster.py. */
export const golden = JSON.parse(
  readFileSync(new URL('../golden/import-dagster/answers.json', import.meta.url), 'utf8'),
) as Golden

export interface RecordedDagster {
  readonly url: string
  readonly headers: readonly NodeJS.Dict<string | string[]>[]
  close(): Promise<void>
}

/** A server that answers what a Dagster once answered, and nothing else. @param change what of it is otherwise */
export async function recordedDagster(
  change: (recorded: RecordedAnswer) => unknown = ({ answer }) => answer,
): Promise<RecordedDagster> {
  const headers: NodeJS.Dict<string | string[]>[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      headers.push(request.headers)
      const { operationName, variables } = JSON.parse(Buffer.concat(chunks).toString()) as {
        operationName: string
        variables: unknown
      }
      const found = golden.answers.find(
        (one) => one.operation === operationName && JSON.stringify(one.variables) === JSON.stringify(variables),
      )
      // Its clock stands still: which partitions there are depends on it.
      response.writeHead(found && request.url === '/graphql' ? 200 : 404, {
        'content-type': 'application/json',
        date: golden.date,
      })
      response.end(JSON.stringify(found ? change(found) : { errors: [{ message: `not recorded: ${operationName}` }] }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
