import { baseErrors, type SourceLocation } from './errors.js'

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every string of a parsed YAML value.
 * @throws ENV_MISSING when a variable without a default is not set.
 */
export function interpolateEnv<T>(value: T, env: Readonly<Record<string, string | undefined>>, at?: SourceLocation): T {
  if (typeof value === 'string') return interpolateString(value, env, at) as T
  if (Array.isArray(value)) return value.map((item) => interpolateEnv(item, env, at)) as T
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, interpolateEnv(item, env, at)])) as T
  return value
}

function interpolateString(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  at?: SourceLocation,
): string {
  return text.replace(
    /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g,
    (_, name: string, fallback: string | undefined) => {
      const found = env[name] ?? fallback
      if (found === undefined)
        throw baseErrors.create('ENV_MISSING', {
          message: `The environment variable ${name} is not set.`,
          hint: `Set it before you start Millrace, or give a default: \${${name}:-value}.`,
          at,
        })
      return found
    },
  )
}
