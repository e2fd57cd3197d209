import { transformErrors } from '../errors.js'

/** One question on the terminal; undefined when the input has ended. */
export type Ask = (question: string, options: { readonly isHidden: boolean }) => Promise<string | undefined>

export type AnswerType = 'string' | 'int' | 'float' | 'bool'

interface Question {
  readonly text: string
  readonly type?: AnswerType | undefined
  readonly default?: unknown
  readonly isHidden?: boolean | undefined
}

const kinds: Readonly<Record<AnswerType, { readonly name: string; read(text: string): unknown }>> = {
  string: { name: 'string', read: (text) => text },
  int: { name: 'integer', read: (text) => (/^[+-]?\d+$/.test(text) ? Number(text) : undefined) },
  float: { name: 'float', read: (text) => (Number.isFinite(Number(text)) ? Number(text) : undefined) },
  bool: {
    name: 'boolean',
    read: (text) =>
      /^(true|t|yes|y|on|1)$/i.test(text) ? true : /^(false|f|no|n|off|0)$/i.test(text) ? false : undefined,
  },
}

/** Asks until the answer is of the type; an empty one is the default, where there is one. @throws TRANSFORM_USAGE at the end of the input */
export async function askFor(ask: Ask, tell: (line: string) => void, question: Question): Promise<unknown> {
  const { text, type = 'string', isHidden = false } = question
  const shown = question.default === undefined || question.default === null ? '' : ` [${question.default}]`
  for (;;) {
    const answer = await ask(`${text}${shown}: `, { isHidden })
    if (answer === undefined)
      throw transformErrors.create('TRANSFORM_USAGE', {
        message: `Nobody answered "${text.split('\n').at(-1)}": the input has ended.`,
        hint: 'Type the answers, pipe them in, one a line, or do without them: `dbt init my_project --skip-profile-setup`.',
      })
    const trimmed = answer.trim()
    if (trimmed === '' && shown !== '') return question.default
    if (trimmed === '') continue
    const value = kinds[type].read(trimmed)
    if (value !== undefined) return value
    tell(`Error: '${trimmed}' is not a valid ${kinds[type].name}.`)
  }
}

/** One of several by its number. */
export async function askForOne<T extends string>(
  ask: Ask,
  tell: (line: string) => void,
  texts: { readonly before?: string; readonly prompt: string },
  options: readonly T[],
): Promise<T> {
  const lines = options.map((option, i) => `[${i + 1}] ${option}`)
  const text = [...(texts.before === undefined ? [] : [texts.before]), ...lines, texts.prompt].join('\n')
  for (;;) {
    const number = (await askFor(ask, tell, { text, type: 'int' })) as number
    const option = options[number - 1]
    if (option !== undefined) return option
    tell(`Error: there is no ${number}; the numbers go from 1 to ${options.length}.`)
  }
}
