import { codeFrame, errorCatalogue, MillraceError } from '../base/index.js'

export const jinjaErrors = errorCatalogue({
  JINJA_SYNTAX: { kind: 'user', retryable: false, summary: 'A template is not valid Jinja.' },
  JINJA_UNDEFINED: {
    kind: 'user',
    retryable: false,
    summary: 'A template uses a name or attribute that does not exist.',
  },
  JINJA_TYPE: {
    kind: 'user',
    retryable: false,
    summary: 'A template applies an operation to a value of the wrong type.',
  },
  JINJA_RUNTIME: { kind: 'user', retryable: false, summary: 'A template failed while it was rendered.' },
  JINJA_ASYNC_IN_SYNC: {
    kind: 'bug',
    retryable: false,
    summary: 'A function that waits was called where rendering must not wait.',
  },
})

export type JinjaErrorCode = keyof typeof jinjaErrors.definitions

/** What a template looks like to errors: the file to show, its text, and how many lines stand before it there. */
export interface TemplateSource {
  readonly name: string
  readonly source: string
  readonly lineOffset?: number | undefined
}

/** One macro on the way to an error, innermost first. */
export interface StackEntry {
  readonly macro: string
  readonly file: string
  readonly line: number
}

export function syntaxError(
  template: TemplateSource,
  message: string,
  line: number,
  column: number,
  hint?: string,
): MillraceError {
  return jinjaErrors.create('JINJA_SYNTAX', {
    message,
    hint,
    at: { file: template.name, line: line + (template.lineOffset ?? 0), column },
    frame: codeFrame(template.source, line, column),
  })
}

/** Thrown by the runtime without a place; the compiled code adds it (`locate`). */
export class JinjaRuntimeError extends Error {
  readonly code: JinjaErrorCode
  constructor(code: JinjaErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

export const typeError = (message: string) => new JinjaRuntimeError('JINJA_TYPE', message)
export const runtimeError = (message: string) => new JinjaRuntimeError('JINJA_RUNTIME', message)
export const undefinedError = (message: string) => new JinjaRuntimeError('JINJA_UNDEFINED', message)

const stacks = new WeakMap<object, StackEntry[]>()

/** The macros that an error passed through, innermost first. */
export function macroStack(error: unknown): readonly StackEntry[] {
  return error !== null && typeof error === 'object' ? (stacks.get(error) ?? []) : []
}

/**
 * Gives an error its place in the template: the innermost place wins, and each macro that it passes adds itself to the
 * stack. Errors of the host keep their class.
 */
export function locate(thrown: unknown, template: TemplateSource, line: number, macro: string | undefined): unknown {
  let error = thrown
  if (thrown instanceof JinjaRuntimeError) {
    error = jinjaErrors.create(thrown.code, {
      message: thrown.message,
      at: { file: template.name, line: line + (template.lineOffset ?? 0) },
      frame: codeFrame(template.source, line),
    })
  } else if (thrown instanceof RangeError && /call stack/i.test(thrown.message)) {
    error = jinjaErrors.create('JINJA_RUNTIME', {
      message: 'The template calls itself without end.',
      at: { file: template.name, line: line + (template.lineOffset ?? 0) },
      frame: codeFrame(template.source, line),
    })
  } else if (thrown instanceof MillraceError && thrown.at === undefined) {
    Object.assign(thrown, {
      at: { file: template.name, line: line + (template.lineOffset ?? 0) },
      frame: thrown.frame ?? codeFrame(template.source, line),
    })
  }
  if (macro !== undefined && error !== null && typeof error === 'object') {
    const stack = stacks.get(error) ?? []
    stack.push({ macro, file: template.name, line: line + (template.lineOffset ?? 0) })
    stacks.set(error, stack)
  }
  return error
}
