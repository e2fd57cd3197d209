import {
  type Manifest,
  rememberedState,
  selectNodes,
  type TargetMemory,
  type YamlSelector,
} from '../../../transform/index.js'

interface Around {
  readonly manifest: Manifest
  /** What ran last in the target, which `state:` compares with. */
  readonly memory: TargetMemory
  readonly selectors: readonly YamlSelector[]
  readonly builtin: ReadonlySet<string>
}

/** The ids of the nodes that each of dbt's selectors means. Where nothing ran yet, everything is new. @throws TRANSFORM_SELECTION */
export function selectedNodes(
  wanted: readonly string[],
  { manifest, memory, selectors, builtin }: Around,
): Readonly<Record<string, readonly string[]>> {
  const previous = rememberedState(() => memory.read(), manifest, builtin)
  return Object.fromEntries(
    wanted.map((one) => [one, [...selectNodes(manifest, { selectors, previous, select: [one] })]]),
  )
}
