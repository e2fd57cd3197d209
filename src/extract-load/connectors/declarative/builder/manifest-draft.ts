import { dirname } from 'node:path'
import { redactDeep } from '../../../../base/index.js'
import { guardedSpec } from '../added-connectors/added-connectors.js'
import { readOrigin } from '../added-connectors/origin.js'
import { type CheckedText, checkText } from './checked-text.js'

/** What is known of a manifest while somebody edits it. */
export type DraftedManifest = Omit<CheckedText, 'error'>

/** Checks a text that may become the manifest of a connector, as adding it would. None of its code is run. @param path of the manifest @param file how that is called */
export async function readManifestDraft(
  path: string,
  text: string,
  file: string,
  signal?: AbortSignal,
): Promise<DraftedManifest> {
  const folder = dirname(path)
  const { error, ...found } = await checkText({ folder, file, text }, signal)
  if (error?.kind === 'bug') throw error
  return { ...found, remarks: redactDeep(found.remarks), spec: guardedSpec(found.spec, readOrigin(folder)) }
}
