import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { KeptSettings } from '../connectors/connector.js'
import { catalogSchema } from '../protocol/catalog.js'

/** What is kept of a connector from one sync to the next, in one text. */
const keptSchema = z.object({
  /** Of the config in the connection's file: when somebody changes it there, that one holds again. */
  writtenHash: z.string().optional(),
  /** As the connector changed it. */
  config: z.record(z.string(), z.unknown()).optional(),
  catalog: z
    .object({
      /** Of what was asked: the program, and its config in the connection's file. */
      askedHash: z.string(),
      askedAt: z.iso.datetime(),
      content: catalogSchema,
    })
    .optional(),
})
export type Kept = z.output<typeof keptSchema>

export const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')

/** A text that somebody damaged is as good as none. */
export async function readKept(kept: KeptSettings | undefined): Promise<Kept> {
  const text = await kept?.read()
  if (text === undefined) return {}
  try {
    return keptSchema.parse(JSON.parse(text))
  } catch {
    return {}
  }
}

/** Keeps a part beside the others, where there is something to keep it in. */
export async function keep(kept: KeptSettings | undefined, part: Partial<Kept>): Promise<void> {
  await kept?.write(JSON.stringify({ ...(await readKept(kept)), ...part } satisfies Kept))
}
