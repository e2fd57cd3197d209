import { transformErrors } from '../../errors.js'
import { type Checks, problemsOf, problemText } from '../../value-checks.js'
import type { Credentials, OutputPlace } from './engine.js'

/** Holds the values of an output block against what they must be. @throws TRANSFORM_PROFILE_INVALID */
export function checkOutput(output: Credentials, checks: Checks, { locate, isTemplate }: OutputPlace): void {
  const problem = problemsOf(output, checks).find(({ path }) => !isTemplate(path))
  if (problem)
    throw transformErrors.create('TRANSFORM_PROFILE_INVALID', {
      message: problemText(problem),
      at: locate(String(problem.path[0])),
      hint: problem.hint,
    })
}
