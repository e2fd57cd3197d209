/** What was chosen to be looked at or made: as a text, and the key where it is one partition. */
export interface Choice {
  readonly text: string
  readonly key?: string | undefined
}
