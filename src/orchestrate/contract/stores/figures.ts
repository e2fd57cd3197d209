import type { AssetKey } from '../definitions.js'
import type { EndedRuns, LoadedInHour, StoreFigures } from '../figures.js'

/** Figures of all of it. */
export interface FigureStore {
  figures(): Promise<StoreFigures>
  /** Hour by hour, oldest first, those in which something came. */
  loadedByHour(filter: { assets: readonly AssetKey[]; since: Date }): Promise<readonly LoadedInHour[]>
  /** Those that ended since a time, and are not among `except`; without a time only what time it is there. */
  endedRuns(filter: { since: string | undefined; except: readonly string[] }): Promise<EndedRuns>
}
