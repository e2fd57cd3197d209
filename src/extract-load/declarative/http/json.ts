import { readJson } from '../values/index.js'

/** JSON as Python reads it. @throws SyntaxError */
export const parsedJson = (text: string): unknown => readJson(text)
