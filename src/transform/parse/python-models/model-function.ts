import { bracketed, type PythonToken, splitAtCommas, syntaxError } from './tokens.js'

/**
 * A Python model is one function `model(dbt, session)` that returns one table.
 * @throws TRANSFORM_COMPILE where it is not
 */
export function checkModelFunction(tokens: readonly PythonToken[], file: string): void {
  const found = tokens.flatMap((token, i) =>
    token.text === 'model' && tokens[i - 1]?.text === 'def' && tokens[i - 2]?.text !== 'async' ? [i] : [],
  )
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
  const line = body.slice(last)
  const statement = line.slice(line.findLastIndex(({ type, text }) => type === 'operator' && text === ';') + 1)
  return statement[0]?.text === 'return' && splitAtCommas(statement).length === 1
}
