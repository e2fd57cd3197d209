import { z } from 'zod'
import { platformErrors } from '../../errors.js'
import { serverAddress } from '../server-address.js'

/** So long a webserver may think about a question: it may have to load all of its code first. */
const patienceMs = 120_000

export interface GraphqlOptions {
  /** Of the webserver, as people open it: `http://localhost:3000`, `https://org.dagster.cloud/prod`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly signal?: AbortSignal | undefined
}

const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ message: z.string() })).optional(),
})

/** Asks the GraphQL of a running Dagster. It only ever asks; nothing is changed there. */
export class DagsterGraphql {
  readonly #options: GraphqlOptions
  readonly endpoint: string
  /** What its clock showed at its last answer. */
  now: Date | undefined

  constructor(options: GraphqlOptions) {
    this.#options = options
    this.endpoint = endpointOf(options.url)
  }

  /**
   * @param operation what the question is called, for logs there and for messages here
   * @throws IMPORT_UNREACHABLE, IMPORT_REFUSED, IMPORT_ANSWER_UNKNOWN
   */
  async ask<T extends z.ZodType>(
    operation: string,
    query: string,
    schema: T,
    variables: Readonly<Record<string, unknown>> = {},
  ): Promise<z.output<T>> {
    const response = await this.#post({ operationName: operation, query, variables })
    const shown = response.date ? new Date(response.date) : undefined
    if (shown && !Number.isNaN(shown.getTime())) this.now = shown
    const answer = answerSchema.safeParse(parsed(response.text))
    if (!answer.success) throw this.#unknown(operation, 'it is no GraphQL answer')
    const { data, errors } = answer.data
    if (errors?.length) throw this.#unknown(operation, `it said: ${errors.map(({ message }) => message).join('; ')}`)
    const read = schema.safeParse(data)
    if (read.success) return read.data
    const [issue] = read.error.issues
    throw this.#unknown(operation, `\`${issue?.path.join('.')}\` of it is not as expected: ${issue?.message}`)
  }

  async #post(body: object): Promise<{ readonly text: string; readonly date: string | null }> {
    const { headers, signal } = this.#options
    const timeout = AbortSignal.timeout(patienceMs)
    let response: Response
    let text: string
    try {
      response = await fetch(this.endpoint, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify(body),
        redirect: 'manual',
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      })
      text = await response.text()
    } catch (thrown) {
      signal?.throwIfAborted()
      const { cause, name } = thrown as { cause?: { code?: string }; name?: string }
      const why = name === 'TimeoutError' ? `nothing for ${patienceMs / 1000} s` : (cause?.code ?? 'no answer')
      throw platformErrors.create('IMPORT_UNREACHABLE', {
        message: `Dagster at ${this.endpoint} cannot be reached: ${why}.`,
        hint: 'Start it (`dagster dev`, `dagster-webserver`), or name the address at which its page opens: --url http://localhost:3000',
        cause: thrown,
      })
    }
    if (response.ok) return { text, date: response.headers.get('date') }
    if ([401, 403].includes(response.status) || (response.status >= 300 && response.status < 400))
      throw platformErrors.create('IMPORT_REFUSED', {
        message: `Dagster at ${this.endpoint} wants to know who asks: it answered ${response.status}.`,
        hint: 'Dagster+ takes a user token from DAGSTER_CLOUD_API_TOKEN, or from the variable that --token-env names; a proxy takes what --header sends.',
      })
    throw platformErrors.create('IMPORT_ANSWER_UNKNOWN', {
      message: `${this.endpoint} answered ${response.status}; a Dagster webserver answers GraphQL there.`,
      hint: 'Name the address at which the page of Dagster opens, with its path prefix if it has one.',
    })
  }

  #unknown(operation: string, why: string) {
    return platformErrors.create('IMPORT_ANSWER_UNKNOWN', {
      message: `The answer of ${this.endpoint} to ${operation} is not understood: ${why}.`,
      hint: 'Is it a webserver of Dagster, 1.5 or newer? Its page tells the version below Deployment.',
    })
  }
}

/** What people copy may be any page of it. @throws IMPORT_URL_INVALID */
function endpointOf(text: string): string {
  const url = serverAddress(text, {
    example: 'http://localhost:3000',
    signIn: "A proxy takes what --header sends: 'Authorization: Basic ${PROXY_LOGIN}'.",
  })
  const path = url.pathname.replace(/\/(graphql|overview|locations|assets|runs|jobs|automation|deployment)(\/.*)?$/, '')
  return `${url.origin}${path.replace(/\/$/, '')}/graphql`
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
