import { createHash, randomBytes } from 'node:crypto'

/** So that scanners of repositories, and people, know one when they see it. */
const tokenPrefix = 'mr_'

/** 256 random bits need no slow hash: nobody can try them all. */
export const hashSecret = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export const newSessionSecret = (): string => randomBytes(32).toString('base64url')
export const newTokenSecret = (): string => tokenPrefix + randomBytes(32).toString('base64url')
/** What is sent instead of one need not be looked up. */
export const isTokenSecret = (text: string): boolean => /^mr_[\w-]{43}$/.test(text)
export const isSessionSecret = (text: string): boolean => /^[\w-]{43}$/.test(text)
