import pc from 'picocolors'

/** Colours where a person looks: not in a pipe, and never against NO_COLOR (https://no-color.org). */
function hasColors(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR || env.FORCE_COLOR === '0' || env.FORCE_COLOR === 'false') return false
  if (env.FORCE_COLOR) return true
  return stream.isTTY === true && env.TERM !== 'dumb'
}

export type Palette = ReturnType<typeof pc.createColors>

export const out = pc.createColors(hasColors(process.stdout, process.env))
export const err = pc.createColors(hasColors(process.stderr, process.env))
