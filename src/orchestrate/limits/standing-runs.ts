import { MillraceError } from '../../base/index.js'
import { selectForRun } from '../assets/select-for-run.js'
import type { Definitions, Run } from '../contract/index.js'

const kept = new WeakMap<Definitions, Map<string, string | undefined>>()

/** Why a queued run cannot begin until the project is mended, in words; undefined where it can, or fails whatever becomes of the project. */
export function whyStanding(definitions: Definitions, { selection }: Pick<Run, 'selection'>): string | undefined {
  if (definitions.problems.length === 0) return undefined
  const known = kept.get(definitions) ?? new Map<string, string | undefined>()
  kept.set(definitions, known)
  // Thousands of runs may have the same selection.
  if (!known.has(selection)) known.set(selection, found(definitions, selection))
  return known.get(selection)
}

/** Whether a run could not even be planned because a part of the project cannot be read: no fault of its own, and soon mended. */
export const isProjectBroken = (thrown: unknown): thrown is MillraceError & { readonly code: 'PROJECT_BROKEN' } =>
  thrown instanceof MillraceError && thrown.code === 'PROJECT_BROKEN'

function found(definitions: Definitions, selection: string): string | undefined {
  try {
    selectForRun(definitions, selection)
    return undefined
  } catch (thrown) {
    return isProjectBroken(thrown) ? thrown.message : undefined
  }
}
