import { bracketed, type PythonToken, splitAtCommas, syntaxError } from './tokens.js'

/**
 * A Python model is one function `model(dbt, session)` that returns one table.
 * @throws TRANSFORM_COMPILE where it is not
 */
export function checkModelFunction(tokens: readonly PythonToken[], file: string): void {
  const found = namesOfModels(tokens)
  const [first = -1] = found
  if (found.length !== 1)
    throw Object.assign(
      syntaxError(
        `dbt allows exactly one model defined per python file, found ${found.length}`,
        found.length === 0 ? { file } : placeOf(tokens[found[1] as number] as PythonToken, file),
      ),
      { hint: 'Define one function `def model(dbt, session):` that returns a table.' },
    )
  const def = tokens[first - 1] as PythonToken
  const signature = bracketed(tokens, first + 1)
  const names = parameters(signature.slice(1, -1))
  const wrong: string[] = []
  if (names.length > 0 && names[0] !== 'dbt') wrong.push("'dbt' not provided for model as the first argument")
  if (names.length !== 2) wrong.push('model function should have two args, `dbt` and a session to current warehouse')
  if (!returnsOneValue(tokens.slice(first + 1 + signature.length), def))
    wrong.push('In current version, model function should return only one dataframe object')
  if (wrong.length > 0) throw syntaxError(wrong.join('\n'), placeOf(def, file))
}

/** Where functions are called `model`; those inside of other functions do not count. */
function namesOfModels(tokens: readonly PythonToken[]): number[] {
  const found: number[] = []
  let outer: number | undefined
  for (const [i, { text, type, isFirst, column }] of tokens.entries()) {
    if (outer !== undefined && isFirst && column <= outer) outer = undefined
    if (outer !== undefined || type !== 'name' || text !== 'def' || tokens[i - 1]?.text === 'async') continue
    outer = column
    if (tokens[i + 1]?.text === 'model') found.push(i + 1)
  }
  return found
}

const placeOf = ({ line, column }: PythonToken, file: string) => ({ file, line, column })

/** Names of the parameters that may be given by place. */
function parameters(signature: readonly PythonToken[]): string[] {
  const names = splitAtCommas(signature).map(([first]) => first?.text ?? '')
  const star = names.indexOf('*')
  return (star < 0 ? names : names.slice(0, star)).filter((name) => name !== '*' && name !== '/')
}

/** Whether the last statement of the body that follows is a `return` of one value. */
function returnsOneValue(behind: readonly PythonToken[], def: PythonToken): boolean {
  const colon = behind.findIndex(({ text, type }) => type === 'operator' && text === ':')
  const rest = behind.slice(colon + 1)
  const end = rest.findIndex(({ isFirst, column }) => isFirst && column <= def.column)
  const body = end < 0 ? rest : rest.slice(0, end)
  const indentation = body.find(({ isFirst }) => isFirst)?.column
  const last = body.findLastIndex(({ isFirst, column }, i) => (isFirst && column === indentation) || i === 0)
  const line = body.slice(last, isOperator(body.at(-1), ';') ? -1 : undefined)
  const [word, ...value] = line.slice(line.findLastIndex((token) => isOperator(token, ';')) + 1)
  return word?.text === 'return' && !isTuple(value)
}

/** `a, b`, `a,` and the same in parentheses. */
function isTuple(value: readonly PythonToken[]): boolean {
  if (splitAtCommas(value).length > 1 || isOperator(value.at(-1), ',')) return true
  const isWrapped = isOperator(value[0], '(') && bracketed(value, 0).length === value.length
  return isWrapped && (value.length === 2 || isTuple(value.slice(1, -1)))
}

const isOperator = (token: PythonToken | undefined, text: string) => token?.type === 'operator' && token.text === text
