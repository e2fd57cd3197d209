import type { AssetKey } from '../definitions.js'

/** Where sensors that listen to the project have got to. */
export interface EventSensorStore {
  /**
   * Gives a sensor another cursor; without one it stands as if it were new, and is told of what happens from now on. What failed
   * before counts no more.
   */
  setSensorCursor(name: string, cursor: unknown): Promise<void>
  /** Where each of these sensors has got to in the events: of one that is new the last there is, which is kept. */
  sensorPlaces(names: readonly string[]): Promise<ReadonlyMap<string, number>>
  /** One of these assets that was not made after an event; undefined where all were. */
  unmadeSince(assets: readonly AssetKey[], eventId: number): Promise<AssetKey | undefined>
  /** There is nothing for these sensors up to an event. */
  passEvents(names: readonly string[], eventId: number): Promise<void>
}
