import { platformErrors } from '../errors.js'

/** @throws SECRET_INVALID */
export function refuseName(name: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,199}$/.test(name)) return
  throw platformErrors.create('SECRET_INVALID', {
    message: `\`${name.slice(0, 200)}\` cannot be the name of a secret.`,
    hint: 'Files of connections name it as they name a variable, ${SHOP_PASSWORD}: letters, digits and _, and no digit first.',
  })
}

/** Keys and certificates are texts of some kilobytes. */
const longestBytes = 100_000

/** @throws SECRET_INVALID */
export function refuseValue(value: string): void {
  const problem =
    value === ''
      ? 'A secret that is empty is none.'
      : Buffer.byteLength(value) > longestBytes
        ? `A secret has ${longestBytes} bytes at the most.`
        : undefined
  if (problem === undefined) return
  throw platformErrors.create('SECRET_INVALID', { message: problem, hint: 'Nothing was kept.' })
}
