import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { baseErrors } from '../errors.js'

/**
 * The text of a file that somebody wrote. What is not UTF-8 is refused: read nevertheless, `café` would be another word.
 * @param shown how the file is called in the error
 * @throws FILE_ENCODING, with the line
 */
export function readText(path: string, shown: string = path): string {
  const text = read(path, shown)
  // What could not be read became this character; it may also stand there as such.
  if (!text.includes('\uFFFD')) return text
  const bytes = readFileSync(path)
  if (isUtf8(bytes)) return text
  const known = Buffer.from(text)
  const offset = bytes.findIndex((byte, i) => byte !== known[i])
  throw baseErrors.create('FILE_ENCODING', {
    message: `The file is not UTF-8: byte 0x${bytes[offset]?.toString(16).padStart(2, '0')} at offset ${offset} begins no character.`,
    at: { file: shown, line: bytes.subarray(0, offset).toString('latin1').split('\n').length },
    hint: 'Save it as UTF-8, for example with `iconv -f windows-1252 -t utf-8`.',
  })
}

/** Of a folder the system does not say what it was called. */
function read(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EISDIR' ? Object.assign(error as Error, { path: shown }) : error
  }
}
