import { type ErrorJson, errorFromJson, type MillraceError } from '../../base/index.js'

const readyPrefix = 'MILLRACE_READY '
export interface ReadyServer {
  readonly url: string
  /** Of Airbyte's API, where it is offered. */
  readonly airbyteUrl?: string | undefined
}

/** The line by which the server process tells its supervisor where it listens. */
export const readyLine = ({ url, airbyteUrl }: ReadyServer) =>
  `${readyPrefix}${airbyteUrl === undefined ? url : `${url} ${airbyteUrl}`}`

export function readyServer(line: string): ReadyServer | undefined {
  if (!line.startsWith(readyPrefix)) return undefined
  const [url = '', airbyteUrl] = line.slice(readyPrefix.length).trim().split(' ')
  return { url, airbyteUrl }
}

const fatalPrefix = 'MILLRACE_FATAL '
/** The line by which a child says that it cannot work before a person has mended something. */
export const fatalLine = (error: MillraceError) => `${fatalPrefix}${JSON.stringify(error.toJSON())}`
export const fatalError = (line: string) =>
  line.startsWith(fatalPrefix) ? errorFromJson(JSON.parse(line.slice(fatalPrefix.length)) as ErrorJson) : undefined

/** Whether a line is a record of a log already. */
export function isLogLine(line: string): boolean {
  if (!line.startsWith('{')) return false
  try {
    const { time, level, message } = JSON.parse(line) as Record<string, unknown>
    return [time, level, message].every((value) => typeof value === 'string')
  } catch {
    return false
  }
}
