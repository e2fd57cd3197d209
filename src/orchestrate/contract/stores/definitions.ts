import type { Definitions } from '../definitions.js'

/** What the project is. */
export interface DefinitionStore {
  /** Also notes which connections were made, changed and removed since the definitions before. */
  publishDefinitions(definitions: Definitions): Promise<void>
  readDefinitions(): Promise<Definitions | undefined>
}
