/**
 * The arguments of a file's `config()` that are more than a literal, as they are written: `env_var('TARGET')`. Comparing
 * states looks at these, so that another environment alone changes nothing.
 */
export function writtenConfig(code: string): Record<string, string> {
  const start = /\{\{-?\s*config\s*\(/.exec(code)
  if (!start) return {}
  const found: Record<string, string> = {}
  for (const argument of argumentsFrom(code, start.index + start[0].length)) {
    const [, key, text = ''] = /^\s*(\w+)\s*=(?!=)\s*([\s\S]*?)\s*$/.exec(argument) ?? []
    if (key !== undefined && !isLiteral(text)) found[key.replace(/^(pre|post)_hook$/, '$1-hook')] = text
  }
  return found
}

/** What stands between commas up to the closing parenthesis; commas in texts and in brackets do not count. */
function argumentsFrom(code: string, start: number): string[] {
  const found: string[] = []
  let depth = 0
  let from = start
  for (let at = start; at < code.length; at++) {
    const char = code[at] as string
    if (char === '"' || char === "'") {
      at++
      while (at < code.length && code[at] !== char) at += code[at] === '\\' ? 2 : 1
    } else if ('([{'.includes(char)) depth++
    else if (')]}'.includes(char) && depth-- === 0) return [...found, code.slice(from, at)]
    else if (char === ',' && depth === 0) {
      found.push(code.slice(from, at))
      from = at + 1
    }
  }
  return found
}

const isLiteral = (text: string): boolean =>
  !/[A-Za-z_]/.test(
    text
      .replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, '')
      .replace(/\b(?:true|false|none|True|False|None)\b/g, '')
      .replace(/\d[eE][+-]?\d/g, ''),
  )
