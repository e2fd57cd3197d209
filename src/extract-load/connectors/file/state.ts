import { z } from 'zod'

/** The cursor that every file stream has: when its file was last modified. */
export const fileTimeCursor = '_ab_source_file_last_modified'

const schema = z.looseObject({
  cursor_field: z.string().optional(),
  /** The highest value seen, as text. */
  cursor: z.string().optional(),
  /** By file: its version when it was loaded. */
  history: z.record(z.string(), z.string()).optional(),
})
export type FileState = z.output<typeof schema>

/** A state of another shape (another connector's, damaged by hand) reads as none: everything is loaded again. */
export function readFileState(state: unknown): FileState {
  const parsed = schema.safeParse(state ?? {})
  return parsed.success ? parsed.data : {}
}
