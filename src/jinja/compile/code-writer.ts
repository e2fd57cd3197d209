import { turnsBetweenPauses } from '../runtime/turns.js'

export type Mode = 'sync' | 'async'

/** Names of template variables in one scope, and the JavaScript variables that hold them. */
export class Scope {
  readonly parent: Scope | null
  readonly #variables = new Map<string, string>()
  constructor(parent: Scope | null) {
    this.parent = parent
  }
  declare(name: string, variable: string): void {
    this.#variables.set(name, variable)
  }
  find(name: string): string | undefined {
    return this.#variables.get(name) ?? this.parent?.find(name)
  }
}

/** A text as a JavaScript literal: the only way in which text of a template enters the code. */
export const text = (value: string) =>
  JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
/** Template names become JavaScript names with a prefix; what JavaScript does not allow is written as code points. */
export const safe = (name: string) =>
  name.replace(/[^A-Za-z0-9_]/g, (char) => `$${(char.codePointAt(0) as number).toString(16)}`)

/** The function being written: its lines, its variables, and which line of the template they stand for. */
export class CodeWriter {
  readonly mode: Mode
  scope = new Scope(null)
  /** The variable that printed text is added to. */
  output = 'o'
  /** The line of the template that the code knows to be in; 0 when several ways lead here. */
  line = 0
  #lines: string[] = []
  #counter = 0
  /** Variables that expressions need between two of their parts; declared at the start of the function. */
  #temporaries: string[] = []
  /** Whether the function has something in it that may wait. */
  #waits = false

  constructor(mode: Mode) {
    this.mode = mode
  }

  emit(line: string): void {
    this.#lines.push(line)
  }

  fresh(hint: string): string {
    return `${hint}${++this.#counter}`
  }

  temporary(): string {
    const name = this.fresh('v')
    this.#temporaries.push(name)
    return name
  }

  at(line: number): void {
    if (line === this.line || line === 0) return
    this.line = line
    this.emit(`ln = ${line};`)
  }

  read(name: string): string {
    return this.scope.find(name) ?? `R.lookup(C, ${text(name)})`
  }

  /** Declares names in a scope of their own; answers the scope to go back to. */
  openScope(names: Iterable<string>): Scope {
    const before = this.scope
    const scope = new Scope(before)
    for (const name of names) {
      const variable = this.fresh(`l_${safe(name)}_`)
      this.emit(`let ${variable} = ${this.read(name)};`)
      scope.declare(name, variable)
    }
    this.scope = scope
    return before
  }

  /** In async mode: waits when the value is a promise, and costs nothing when it is not. */
  wait(code: string): string {
    if (this.mode === 'sync') return `R.now(${code})`
    this.#waits = true
    return `((t = ${code}) instanceof Promise ? yield t : t)`
  }

  /** At what a template may do very often: see `Context.pause`. */
  turn(): void {
    const isDue = `turns.count++ >= ${turnsBetweenPauses}`
    if (this.mode === 'sync') this.emit(`if (${isDue}) R.pause(C);`)
    else {
      this.#waits = true
      this.emit(`if (${isDue} && (t = R.pause(C)) !== undefined) yield t;`)
    }
  }

  /**
   * A function with this body. One that may wait is a generator of promises, which `waiting` runs: until something
   * really waits it goes on within the same call, where an async function would answer a promise anyway.
   */
  function(parameters: string, body: string): string {
    return this.#waits ? `waiting(function* (${parameters}) {\n${body}\n})` : `(${parameters}) => {\n${body}\n}`
  }

  /** The code written so far, its temporaries before its first line. */
  finish(): string {
    const temporaries = this.#temporaries.length > 0 ? [`let ${this.#temporaries.join(', ')};`] : []
    return [...temporaries, ...this.#lines].join('\n')
  }

  /** Writes a function inside this one: with lines, variables and output of its own. Answers its code. */
  nested(parameters: string, write: () => void): string {
    const outer = { output: this.output, scope: this.scope, line: this.line, waits: this.#waits }
    const [lines, temporaries] = [this.#lines, this.#temporaries]
    this.#lines = []
    this.#temporaries = []
    this.#waits = false
    this.output = 'o'
    this.scope = new Scope(outer.scope)
    this.line = 0
    write()
    const code = this.function(parameters, this.finish())
    this.#waits = outer.waits
    this.#lines = lines
    this.#temporaries = temporaries
    this.output = outer.output
    this.scope = outer.scope
    this.line = outer.line
    return code
  }
}
