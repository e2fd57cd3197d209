import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { Semaphore } from '../base/index.js'
import { accessErrors } from './errors.js'

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt: 32 MB for each. */
const cost = { N: 2 ** 15, r: 8, p: 3 }
const saltBytes = 16
const keyBytes = 32
export const shortestPassword = 10
/** Bytes: who sends a book as a password must not keep the processor busy. */
const longestPassword = 1024

/** Each takes a thread that files are read with too: a flood of logins must leave some. */
const atOnce = new Semaphore(2)

/** A text that holds how it was made, so that the cost can grow: `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes)
  const key = await derive(password, salt, keyBytes, cost)
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$')
}

/** Without a hash it takes as long, and the answer is no: nobody learns from the clock which users there are. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
  if (Buffer.byteLength(password) > longestPassword) return false
  const [kind, N, r, p, salt = '', key = ''] = (hash ?? nobodysHash).split('$')
  const expected = Buffer.from(key, 'base64url')
  const found = await derive(password, Buffer.from(salt, 'base64url'), expected.length, {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  })
  return expected.length === keyBytes && timingSafeEqual(found, expected) && hash !== undefined && kind === 'scrypt'
}

const nobodysHash = [
  ...['scrypt', cost.N, cost.r, cost.p],
  randomBytes(saltBytes).toString('base64url'),
  randomBytes(keyBytes).toString('base64url'),
].join('$')

async function derive(password: string, salt: Buffer, length: number, options: ScryptOptions): Promise<Buffer> {
  return atOnce.run(
    () =>
      new Promise<Buffer>((resolve, reject) =>
        // The same sign can be typed in several ways.
        scrypt(password.normalize('NFKC'), salt, length, { ...options, maxmem: 128 * 2 ** 20 }, (error, key) =>
          error ? reject(error) : resolve(key),
        ),
      ),
  )
}

/** @param what where it stands, when nobody typed it; @throws PASSWORD_INVALID */
export function requirePassword(password: string, userName: string, what = 'A password'): void {
  const problem =
    [...password].length < shortestPassword
      ? `${what} needs ${shortestPassword} characters at least.`
      : Buffer.byteLength(password) > longestPassword
        ? `${what} may have ${longestPassword} bytes at most.`
        : password.toLowerCase() === userName.toLowerCase() || /^(.)\1*$/u.test(password)
          ? `${what === 'A password' ? 'This password' : what} can be guessed.`
          : undefined
  if (problem === undefined) return
  throw accessErrors.create('PASSWORD_INVALID', {
    message: problem,
    hint: 'Take several words, or what a password manager makes.',
  })
}
