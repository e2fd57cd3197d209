import type { ServerResponse } from 'node:http'

/** How an answer comes to its end before it is through. */
export interface Break {
  readonly afterBytes: number
  /** Nothing more comes, rather than that the connection breaks. */
  readonly isSilent?: boolean
}

/** Is told of a file that somebody wants to read, before anything of it is looked at. */
export type OnRead = (name: string) => Break | undefined

export function sendBody(response: ServerResponse, body: Buffer, broken: Break | undefined): void {
  // An answer that lacks nothing is at its end: the next one would wait behind it for ever.
  if (!broken || (broken.isSilent && broken.afterBytes >= body.length)) response.end(body)
  else
    response.write(body.subarray(0, broken.afterBytes), () => {
      // What was written gets there first.
      if (!broken.isSilent) setTimeout(() => response.destroy(), 20)
    })
}
