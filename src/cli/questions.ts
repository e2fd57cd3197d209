import { terminalQuestions } from './ask.js'
import { cliErrors } from './errors.js'
import { out } from './output/colors.js'
import { terminalWidth, wrap } from './output/table.js'

export interface TextQuestion {
  readonly label: string
  readonly help?: string | undefined
  /** Taken when nothing is typed. */
  readonly fallback?: string | undefined
  readonly isOptional?: boolean
  readonly isHidden?: boolean
  /** What is wrong with an answer, if something is. */
  readonly problem?: (answer: string) => string | undefined
}

export interface Choice<T> {
  readonly label: string
  readonly note?: string | undefined
  readonly value: T
}

/** Questions to a person at the terminal. An answer that will not do is asked for again. */
export interface Questions {
  text(question: TextQuestion): Promise<string>
  choice<T>(label: string, choices: readonly Choice<T>[], fallback?: T): Promise<T>
  yes(label: string, fallback: boolean): Promise<boolean>
  close(): void
}

/** One question that is answered by yes or no; no, where nothing is typed. */
export async function confirm(label: string): Promise<boolean> {
  const questions = openQuestions()
  try {
    return await questions.yes(label, false)
  } finally {
    questions.close()
  }
}

export function openQuestions(terminal = terminalQuestions()): Questions {
  const ask = async (prompt: string, isHidden = false): Promise<string> => {
    const answer = await terminal.ask(prompt, { isHidden })
    if (answer !== undefined) return answer.trim()
    throw cliErrors.create('CLI_USAGE', {
      message: 'The input ended before every question was answered; nothing was written.',
      hint: 'Answer with flags instead: the `--help` of the command lists them.',
    })
  }
  const text = async ({ label, help, fallback, isOptional = false, isHidden, problem }: TextQuestion) => {
    for (const line of help === undefined ? [] : wrap(help, (terminalWidth() ?? 80) - 2))
      console.log(out.dim(`  ${line}`))
    const shown = fallback !== undefined ? ` [${fallback}]` : isOptional ? ' [none]' : ''
    for (;;) {
      const answer = await ask(`${out.bold(label)}${out.dim(shown)}: `, isHidden)
      const taken = answer === '' ? (fallback ?? '') : answer
      const wrong = taken === '' ? (isOptional ? undefined : 'Something must stand here.') : problem?.(taken)
      if (wrong === undefined) return taken
      console.log(`  ${out.yellow(wrong)}`)
    }
  }
  return {
    text,
    async choice<T>(label: string, choices: readonly Choice<T>[], fallback?: T) {
      const longest = Math.max(...choices.map((one) => one.label.length))
      console.log(out.bold(label))
      for (const [i, one] of choices.entries())
        console.log(
          `  ${out.cyan(String(i + 1).padStart(2))}  ${one.note ? `${one.label.padEnd(longest)}  ${out.dim(one.note)}` : one.label}`,
        )
      const usual = choices.findIndex((one) => one.value === fallback)
      const number = (answer: string) => {
        const named = choices.findIndex((one) => one.label.toLowerCase() === answer.toLowerCase())
        return named >= 0 ? named : Number(answer) - 1
      }
      const answer = await text({
        label: 'Number or name',
        fallback: usual >= 0 ? String(usual + 1) : undefined,
        problem: (given) => (choices[number(given)] ? undefined : `Choose one of 1 to ${choices.length}.`),
      })
      return (choices[number(answer)] as Choice<T>).value
    },
    async yes(label, fallback) {
      const answer = await text({
        label,
        fallback: fallback ? 'yes' : 'no',
        problem: (given) => (/^(?:y|yes|n|no)$/i.test(given) ? undefined : 'Answer yes or no.'),
      })
      return /^y/i.test(answer)
    },
    close: () => terminal.close(),
  }
}
