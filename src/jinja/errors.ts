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
  /** A part of the host that users did not write: what fails in it is shown where they called it. */
  readonly isInternal?: boolean | undefined
}

/** One macro on the way to an error, or at last the template that called it. */
export interface StackEntry {
  /** undefined for what stands in no macro. */
  readonly macro: string | undefined
  readonly file: string
  readonly line: number
  readonly isInternal: boolean
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
    frame: frameOf(template, line, column),
  })
}

const frameOf = ({ source, lineOffset = 0 }: TemplateSource, line: number, column?: number) =>
  codeFrame(source, line, column, lineOffset + 1)

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

/** What a function of the host throws to leave the macro that called it. */
export interface LeavesMacro {
  /** The error that it is where there is no macro to leave. */
  outsideMacros(): Error
}

const leavesMacro = (thrown: unknown): thrown is LeavesMacro =>
  thrown !== null && typeof thrown === 'object' && 'outsideMacros' in thrown

const stacks = new WeakMap<object, StackEntry[]>()

/** The macros that an error passed through, innermost first, and the place outside of macros where the first was called. */
export function macroStack(error: unknown): readonly StackEntry[] {
  return error !== null && typeof error === 'object' ? (stacks.get(error) ?? []) : []
}

/**
 * Gives an error its place in the template: the innermost place wins, and each macro that it passes adds itself to the
 * stack. Errors of the host keep their class.
 */
export function locate(thrown: unknown, template: TemplateSource, line: number, macro: string | undefined): unknown {
  const { name: file, isInternal = false } = template
  const at = { file, line: line + (template.lineOffset ?? 0) }
  const error = asMillraceError(macro === undefined && leavesMacro(thrown) ? thrown.outsideMacros() : thrown)
  if (error instanceof MillraceError && error.at === undefined && !isInternal)
    Object.assign(error, { at, frame: error.frame ?? frameOf(template, line) })
  if (error !== null && typeof error === 'object') {
    const stack = stacks.get(error) ?? []
    stack.push({ macro, ...at, isInternal })
    stacks.set(error, stack)
  }
  return error
}

/** What the runtime throws, with a code of its own; errors of the host stay what they are. */
function asMillraceError(thrown: unknown): unknown {
  if (thrown instanceof JinjaRuntimeError) return jinjaErrors.create(thrown.code, { message: thrown.message })
  if (thrown instanceof RangeError && /call stack/i.test(thrown.message))
    return jinjaErrors.create('JINJA_RUNTIME', { message: 'The template calls itself without end.' })
  return thrown
}
