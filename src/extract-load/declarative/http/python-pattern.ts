import { translatePattern } from '../../../python/index.js'
import { failure } from '../failure.js'

/**
 * A pattern of Python's `re`.
 * @param where it is to match: `start` as `re.match`, `anywhere` as `re.search`
 * @throws MANIFEST_INVALID
 */
export function pythonPattern(pattern: string, where: 'start' | 'anywhere'): RegExp {
  const flags = /^\(\?([aiLmsux]+)\)/.exec(pattern)
  const has = (flag: string) => flags?.[1]?.includes(flag) === true
  try {
    const source = translatePattern(pattern.slice(flags?.[0].length ?? 0), {
      isMultiline: has('m'),
      isDotAll: has('s'),
      isVerbose: has('x'),
    })
    return new RegExp(where === 'start' ? `(?<![\\s\\S])(?:${source})` : source, has('i') ? 'vi' : 'v')
  } catch (error) {
    throw failure('MANIFEST_INVALID', {
      message: `\`${pattern}\` is no valid pattern: ${error instanceof Error ? error.message : String(error)}.`,
      hint: 'It is written as Python writes regular expressions.',
      failureType: 'system_error',
      cause: error,
    })
  }
}
